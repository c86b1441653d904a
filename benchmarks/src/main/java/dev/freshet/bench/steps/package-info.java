/** Events through an engine in durable steps, and what that took. Must not know which events. */
@NullMarked
package dev.freshet.bench.steps;

import org.jspecify.annotations.NullMarked;
