/**
 * A database in a process of its own, whose transactions are numbered and whose acknowledgements
 * are told to whoever started it: what was acknowledged must be there afterwards, once and in
 * order. Must not know what is done to the process.
 */
@NullMarked
package dev.freshet.bench.numbered;

import org.jspecify.annotations.NullMarked;
