/** Rows posted over loopback HTTP to a process of its own: how many, and how long one takes. */
@NullMarked
package dev.freshet.bench.ingest;

import org.jspecify.annotations.NullMarked;
