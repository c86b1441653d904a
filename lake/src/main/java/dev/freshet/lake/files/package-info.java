/**
 * The lake's files: everything that the lake reads or writes goes through {@link
 * dev.freshet.core.port.Storage}. Must not know what is in the files.
 */
@NullMarked
package dev.freshet.lake.files;

import org.jspecify.annotations.NullMarked;
