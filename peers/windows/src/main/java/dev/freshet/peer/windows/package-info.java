/** Runs one kind of window on another engine in this process. Must not know Freshet. */
@NullMarked
package dev.freshet.peer.windows;

import org.jspecify.annotations.NullMarked;
