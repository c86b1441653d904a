/**
 * Finds out what functions in Java mean to SQL, and calls them. Must not know where they come from
 * nor who calls them.
 */
@NullMarked
package dev.freshet.core.function.library;

import org.jspecify.annotations.NullMarked;
