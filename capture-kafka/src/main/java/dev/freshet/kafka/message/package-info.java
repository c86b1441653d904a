/** How one message becomes a row of its table, or is refused. Must not know brokers. */
@NullMarked
package dev.freshet.kafka.message;

import org.jspecify.annotations.NullMarked;
