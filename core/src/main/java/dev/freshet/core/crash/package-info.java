/**
 * Where a test lets the process die. Knows nothing of what happens there: the places call it, and
 * nothing else does.
 */
@NullMarked
package dev.freshet.core.crash;

import org.jspecify.annotations.NullMarked;
