/**
 * Sources that Debezium's connectors read, those of Freshet and those that users bring: one runs as
 * a task of ours, without Kafka and without Debezium's own engine. Its offsets are positions in our
 * log. Must not know the log, nor how rows are used.
 */
@NullMarked
package dev.freshet.debezium;

import org.jspecify.annotations.NullMarked;
