/** What a running system shows in a terminal. Must not know how the system works. */
@NullMarked
package dev.freshet.runtime.console;

import org.jspecify.annotations.NullMarked;
