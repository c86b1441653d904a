/** A client of a schema registry. Must not know what schemas are used for. */
@NullMarked
package dev.freshet.kafka.registry;

import org.jspecify.annotations.NullMarked;
