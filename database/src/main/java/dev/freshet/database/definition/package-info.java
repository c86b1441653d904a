/** Which tables and views a database has, and the file that keeps it. Must not know the engine. */
@NullMarked
package dev.freshet.database.definition;

import org.jspecify.annotations.NullMarked;
