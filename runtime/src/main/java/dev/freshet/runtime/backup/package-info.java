/** Copies of a state folder, taken while it is used, and put back. Knows files, not the system. */
@NullMarked
package dev.freshet.runtime.backup;

import org.jspecify.annotations.NullMarked;
