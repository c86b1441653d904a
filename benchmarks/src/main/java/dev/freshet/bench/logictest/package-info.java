/**
 * Runs SQLite's sqllogictest scripts against the library, as one-shot queries and as maintained
 * views. Must not know how Freshet plans or runs a query.
 */
@NullMarked
package dev.freshet.bench.logictest;

import org.jspecify.annotations.NullMarked;
