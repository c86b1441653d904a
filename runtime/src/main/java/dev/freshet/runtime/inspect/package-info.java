/** Looks at the files of a project, running or not, and changes nothing. */
@NullMarked
package dev.freshet.runtime.inspect;

import org.jspecify.annotations.NullMarked;
