/**
 * What Debezium calls by a class's name. Loaded beside Debezium by {@code ConnectorLoader}, and not
 * where the rest of Freshet is: must know nothing of it but what that hands in.
 */
@NullMarked
package dev.freshet.debezium.inside;

import org.jspecify.annotations.NullMarked;
