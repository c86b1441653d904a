/**
 * Where the live row of each key lies: the key index, and the deleted rows of each file. Must not
 * know files or catalogs.
 */
@NullMarked
package dev.freshet.lake.keyed;

import org.jspecify.annotations.NullMarked;
