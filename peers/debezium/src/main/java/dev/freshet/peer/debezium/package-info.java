/**
 * Debezium's embedded engine on a PostgreSQL, and bare readers of the same: the peers of {@code
 * ./bench capture}, {@code snapshot} and {@code freshness}.
 */
@NullMarked
package dev.freshet.peer.debezium;

import org.jspecify.annotations.NullMarked;
