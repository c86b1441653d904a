/**
 * Hashes of what tables and views hold, to compare two engines that should hold the same. Must not
 * know how state is kept.
 */
@NullMarked
package dev.freshet.engine.hash;

import org.jspecify.annotations.NullMarked;
