/** A running system: opens a project's parts in order, keeps them running, and stops them. */
@NullMarked
package dev.freshet.runtime.system;

import org.jspecify.annotations.NullMarked;
