/** A captured source transaction as it stands in the log. Must not know any particular source. */
@NullMarked
package dev.freshet.core.change;

import org.jspecify.annotations.NullMarked;
