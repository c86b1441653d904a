/**
 * The source of rows that come as files: each file is read once, in batches that go on after a
 * crash where they were. Must not know how a format is read, where files lie, nor the log.
 */
@NullMarked
package dev.freshet.files;

import org.jspecify.annotations.NullMarked;
