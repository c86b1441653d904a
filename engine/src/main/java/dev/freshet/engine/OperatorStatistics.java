package dev.freshet.engine;

import java.util.List;

/**
 * What one operator did since it was created, and what it holds. Operators are shared: one that
 * serves several views names them all.
 *
 * @param id names the operator within this engine, as {@link Engine#explain} prints it
 * @param operator what it is, such as {@code join inner}
 * @param detail what it does, with its expressions and columns
 * @param inputs the ids of the operators that it reads
 * @param views the views whose result needs it
 * @param rowsIn rows of change that came in, over all steps
 * @param rowsOut rows of change that went out, over all steps
 * @param stateRows rows in its state now, not yet merged duplicates included
 * @param stateBytes bytes of heap that its state takes, object headers left out
 * @param spilledBytes bytes of its state that lie on disk only, as they would take in memory
 * @param nanos time spent in it, over all steps
 */
public record OperatorStatistics(
    String id,
    String operator,
    String detail,
    List<String> inputs,
    List<String> views,
    long rowsIn,
    long rowsOut,
    long stateRows,
    long stateBytes,
    long spilledBytes,
    long nanos) {
  public OperatorStatistics {
    inputs = List.copyOf(inputs);
    views = List.copyOf(views);
  }
}
