/**
 * Tables and models computed from the log once more, beside those that run, or without any. Must
 * not know sources, the lake's files or the edges.
 */
@NullMarked
package dev.freshet.runtime.history;

import org.jspecify.annotations.NullMarked;
