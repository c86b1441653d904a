package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Plan;
import java.util.List;
import java.util.function.Consumer;

/**
 * All tables and views as of one step. Immutable: it stays what it is while the engine goes on, and
 * any thread may read it, several at once. Holding one keeps its state in memory.
 *
 * <p>Methods that take a relation's name fail with {@link ErrorCode#NOT_FOUND} when the snapshot
 * has no such relation. Batches come out consolidated: each distinct row once, with a positive
 * weight that says how often it is there.
 */
public interface Snapshot {
  /** The number of the step; 0 before the first. */
  long step();

  /** The processing time of the step, microseconds since the epoch; 0 before the first. */
  long processingMicros();

  /** How far the tables with a watermark and the final views have come, tables first. */
  List<RelationTime> times();

  /** The names of all tables and views, tables first, in the order of their creation. */
  List<String> relations();

  Schema schema(String relation);

  /**
   * Which rows of the relation are kept. One that keeps none counts as empty, and reading it fails
   * with {@link ErrorCode#REQUEST_INVALID}.
   */
  Keep keep(String relation);

  /** Positions of the columns by which the relation is stored, and found by {@link #lookup}. */
  int[] keyColumns(String relation);

  /** How many rows the relation has, equal rows counted each. Costs nothing. */
  long rowCount(String relation);

  /** All rows. */
  Batch scan(String relation);

  /** All rows, in batches of bounded size: for relations too large for one batch. */
  void scan(String relation, Consumer<Batch> sink);

  /**
   * The rows with one of these keys, in no useful order.
   *
   * @param keys the sought keys: one column for each of the relation's key columns, in their order
   *     and of their types; weights are not looked at
   */
  Batch lookup(String relation, Batch keys);

  /** The error rows of a view, with the columns of {@link Engine#ERROR_SCHEMA}. */
  Batch errors(String view);

  /**
   * This snapshot with one more relation, for queries; the name must be free.
   *
   * @param rows its content, with positive weights
   */
  Snapshot with(String relation, Batch rows);

  /** All rows of the answer to a query: {@link #query(Plan, long)}. */
  default Batch query(Plan plan) {
    return query(plan, Long.MAX_VALUE);
  }

  /**
   * The answer to a query over this snapshot, in the plan's schema, with positive weights; equal
   * rows may come more than once. A plan that ends in a {@link Plan.TopN} without partition, or in
   * projections over one, comes out in its order.
   *
   * @param rowsWanted a hint: rows beyond so many may be left out where that saves work
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when a row fails in an expression: a
   *     one-shot query has no error table to put it into
   */
  Batch query(Plan plan, long rowsWanted);
}
