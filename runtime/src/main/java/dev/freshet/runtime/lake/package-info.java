/**
 * Carries steps into the lake: stages every delta, publishes about once a second. Must not know
 * sources or the edges.
 */
@NullMarked
package dev.freshet.runtime.lake;

import org.jspecify.annotations.NullMarked;
