/** {@code ./bench kafka}: messages of a topic into the log, beside a consumer that only polls. */
@NullMarked
package dev.freshet.bench.kafka;

import org.jspecify.annotations.NullMarked;
