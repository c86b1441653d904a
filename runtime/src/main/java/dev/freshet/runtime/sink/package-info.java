/**
 * Carries the changes of a table or model to a sink: each step once, whatever crashes or fails.
 * Must not know the system's other parts, nor what a sink does with the rows.
 */
@NullMarked
package dev.freshet.runtime.sink;

import org.jspecify.annotations.NullMarked;
