/**
 * Small JSON documents as trees: schemas and a registry's answers. Rows are never read this way.
 */
@NullMarked
package dev.freshet.kafka.json;

import org.jspecify.annotations.NullMarked;
