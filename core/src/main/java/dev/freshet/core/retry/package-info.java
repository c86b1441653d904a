/** When to try again what failed. It must not know what is tried. */
@NullMarked
package dev.freshet.core.retry;

import org.jspecify.annotations.NullMarked;
