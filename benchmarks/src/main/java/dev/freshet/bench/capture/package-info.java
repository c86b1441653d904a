/**
 * {@code ./bench capture} and {@code ./bench snapshot}: a PostgreSQL read by Freshet, by Debezium
 * and by bare readers, in turn.
 */
@NullMarked
package dev.freshet.bench.capture;

import org.jspecify.annotations.NullMarked;
