/**
 * What every other module shares: SQL types, columnar batches of changes, the form of captured
 * changes, error codes and the ports to time, storage and threads. Knows nothing of SQL text,
 * sources, the lake or HTTP.
 */
@NullMarked
package dev.freshet.core;

import org.jspecify.annotations.NullMarked;
