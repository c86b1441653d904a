/**
 * Masks: what becomes of the values of sensitive columns before anything of them is written. Works
 * on change sets, a column at a time. Must not know contracts, sources, files or the log.
 */
@NullMarked
package dev.freshet.contracts.mask;

import org.jspecify.annotations.NullMarked;
