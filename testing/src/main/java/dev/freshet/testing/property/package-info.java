/**
 * Properties checked on many seeded cases: generate, run, shrink, replay. Must not know what is
 * checked.
 */
@NullMarked
package dev.freshet.testing.property;

import org.jspecify.annotations.NullMarked;
