/**
 * Stable error codes, the one exception type that carries them, and invariant checks. Knows no
 * other package.
 */
@NullMarked
package dev.freshet.core.error;

import org.jspecify.annotations.NullMarked;
