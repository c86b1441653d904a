/** A broker with a topic to read, and a bare consumer of it: the limit of {@code ./bench kafka}. */
@NullMarked
package dev.freshet.peer.kafka;

import org.jspecify.annotations.NullMarked;
