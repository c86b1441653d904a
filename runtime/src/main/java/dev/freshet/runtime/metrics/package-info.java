/** Rates and latencies of a running system. Must not know what is measured. */
@NullMarked
package dev.freshet.runtime.metrics;

import org.jspecify.annotations.NullMarked;
