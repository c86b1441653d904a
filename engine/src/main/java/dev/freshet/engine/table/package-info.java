/**
 * Turns a source's changes of a table into a Z-set change: upserts by key, resolved against the
 * table's content. Knows change sets and arrangements; must not know plans or the dataflow.
 */
@NullMarked
package dev.freshet.engine.table;

import org.jspecify.annotations.NullMarked;
