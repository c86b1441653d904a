/** Runs one query on Flink in this process. Must not know Freshet. */
@NullMarked
package dev.freshet.peer.flink;

import org.jspecify.annotations.NullMarked;
