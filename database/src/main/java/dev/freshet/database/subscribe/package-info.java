/** Feeds of changes, step by step, from a consistent beginning. Must not know who listens. */
@NullMarked
package dev.freshet.database.subscribe;

import org.jspecify.annotations.NullMarked;
