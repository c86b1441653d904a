/** The proof that no damaged file of a database is ever taken for a sound one. */
@NullMarked
package dev.freshet.bench.corrupt;

import org.jspecify.annotations.NullMarked;
