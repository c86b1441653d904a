/** Rows that a source delivers, counted, with the time and CPU time that they took. */
@NullMarked
package dev.freshet.bench.counted;

import org.jspecify.annotations.NullMarked;
