/**
 * The embedded library: tables and always-maintained views in the caller's JVM, over the log, the
 * gate and the engine. Must not know sources, the lake or the edges.
 */
@NullMarked
package dev.freshet.database;

import org.jspecify.annotations.NullMarked;
