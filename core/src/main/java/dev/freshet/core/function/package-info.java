/**
 * What a Java function for SQL extends. Users of Freshet compile against this package; it must not
 * know how functions are found or called.
 */
@NullMarked
package dev.freshet.core.function;

import org.jspecify.annotations.NullMarked;
