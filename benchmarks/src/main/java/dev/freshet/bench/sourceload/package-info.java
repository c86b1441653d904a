/**
 * {@code ./prove capture}: sources under random loads, killed again and again, deliver every change
 * once and in order.
 */
@NullMarked
package dev.freshet.bench.sourceload;

import org.jspecify.annotations.NullMarked;
