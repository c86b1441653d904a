/**
 * Values as Kafka Connect's schemas, Debezium's among them, name and encode them. Must not know in
 * which form they come: JSON, Avro, or objects.
 */
@NullMarked
package dev.freshet.capture.connect;

import org.jspecify.annotations.NullMarked;
