/**
 * What every source of changes must do, as tests that a source's own tests extend. Must not know
 * any particular source.
 */
@NullMarked
package dev.freshet.sourcetest;

import org.jspecify.annotations.NullMarked;
