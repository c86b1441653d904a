/**
 * The port to the project's durable log: append, commit, read by offset, positions of sources,
 * retention. Must not know where the log is kept, and reads change sets only to write or decode
 * them whole.
 */
@NullMarked
package dev.freshet.log;

import org.jspecify.annotations.NullMarked;
