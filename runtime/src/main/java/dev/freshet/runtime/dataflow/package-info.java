/**
 * The step transaction in one piece: log, engine and lake, joined so that a crash anywhere loses
 * and repeats nothing. Must not know sources, files of a project or the edges.
 */
@NullMarked
package dev.freshet.runtime.dataflow;

import org.jspecify.annotations.NullMarked;
