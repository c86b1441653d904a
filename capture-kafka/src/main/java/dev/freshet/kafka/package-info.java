/**
 * Topics of any broker that speaks Kafka's protocol as a source: what is read, from where, and how
 * far the log has it. Must not know how a message becomes a row.
 */
@NullMarked
package dev.freshet.kafka;

import org.jspecify.annotations.NullMarked;
