/** Folders for a test, a proof or a demo, gone afterwards. Must not know what is kept in them. */
@NullMarked
package dev.freshet.testing.files;

import org.jspecify.annotations.NullMarked;
