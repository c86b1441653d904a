/** How long one row takes to be visible, on an idle database. */
@NullMarked
package dev.freshet.bench.latency;

import org.jspecify.annotations.NullMarked;
