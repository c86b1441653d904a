/**
 * The proof that kill -9 loses and repeats nothing: a real process over a real PostgreSQL, killed
 * and compared again and again.
 */
@NullMarked
package dev.freshet.bench.kill;

import org.jspecify.annotations.NullMarked;
