/**
 * Shows that a comparison with the source names every row that differs and no other, under load.
 * Must not know how it is done.
 */
@NullMarked
package dev.freshet.bench.reconcile;

import org.jspecify.annotations.NullMarked;
