package dev.freshet.runtime.sink;

import dev.freshet.deliver.Rows;

/**
 * The changes of a step, or of several in a row, out of an outbox.
 *
 * @param toOffset the record behind them
 * @param mark of their last record
 */
record OutboxGroup(long toOffset, OutboxMark mark, Rows changes) {}
