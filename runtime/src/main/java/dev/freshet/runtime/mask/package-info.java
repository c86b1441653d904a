/**
 * From a project's contracts and its key to the masks of each source, and what the state folder
 * remembers of them. Must not know sources or the log.
 */
@NullMarked
package dev.freshet.runtime.mask;

import org.jspecify.annotations.NullMarked;
