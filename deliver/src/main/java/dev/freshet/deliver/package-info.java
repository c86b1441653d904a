/**
 * Where changes leave Freshet: what a sink is, and what it guarantees. Must not know where changes
 * come from, nor how they are kept until they are delivered.
 */
@NullMarked
package dev.freshet.deliver;

import org.jspecify.annotations.NullMarked;
