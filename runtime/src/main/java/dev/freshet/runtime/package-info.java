/**
 * A project folder to a running system, and its supervision. The one place that knows all parts.
 */
@NullMarked
package dev.freshet.runtime;

import org.jspecify.annotations.NullMarked;
