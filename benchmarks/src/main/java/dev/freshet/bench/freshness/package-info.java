/**
 * {@code ./bench freshness}: from a commit in PostgreSQL until a reader has what follows from it,
 * beside Debezium.
 */
@NullMarked
package dev.freshet.bench.freshness;

import org.jspecify.annotations.NullMarked;
