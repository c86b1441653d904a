/** Errors that point into SQL text. Must not know the parser. */
@NullMarked
package dev.freshet.sql.error;

import org.jspecify.annotations.NullMarked;
