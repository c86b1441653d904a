/**
 * Answers one SELECT from a snapshot, in the order it asks for. Must not know how the snapshot came
 * about.
 */
@NullMarked
package dev.freshet.database.query;

import org.jspecify.annotations.NullMarked;
