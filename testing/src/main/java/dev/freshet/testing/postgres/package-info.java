/**
 * A real PostgreSQL server from a package, started and stopped by the program that needs one.
 *
 * <p>Tests, benchmarks and the demo get their source database here. Must not know what Freshet does
 * with that database: it talks to it by {@code java.sql} only and knows no other module.
 */
@NullMarked
package dev.freshet.testing.postgres;

import org.jspecify.annotations.NullMarked;
