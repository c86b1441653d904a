/**
 * Functions in Java of a project: compiles and loads what lies in its {@code functions/}. Must not
 * know models.
 */
@NullMarked
package dev.freshet.runtime.function;

import org.jspecify.annotations.NullMarked;
