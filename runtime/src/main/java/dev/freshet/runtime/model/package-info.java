/**
 * A project's models compiled, in an order in which each reads only what stands before it. Must not
 * start anything.
 */
@NullMarked
package dev.freshet.runtime.model;

import org.jspecify.annotations.NullMarked;
