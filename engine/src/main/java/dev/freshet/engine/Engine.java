package dev.freshet.engine;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Plan;
import java.util.List;

/**
 * Tables that take changes, and views that always equal their plan over them. After each {@link
 * #step} every view is what its plan would answer over the tables as of that step, never a mixture
 * (DBSP: Budiu et al., VLDB 2023).
 *
 * <p>One thread at a time owns an engine and calls its methods; {@link #snapshot()} may be called
 * from any thread. Nothing here reads a clock or random numbers for results: the same calls give
 * the same results.
 */
public final class Engine {
  /**
   * The columns of error rows: why an expression failed, and the row it failed on as JSON text. A
   * row that fails is not in the view; its error row leaves when the row is corrected or deleted.
   */
  public static final Schema ERROR_SCHEMA =
      Schema.of(
          Column.notNull("reason", DataType.Simple.VARCHAR),
          Column.notNull("row", DataType.Simple.VARCHAR));

  /** An engine without relations, at step 0. */
  public Engine() {}

  /**
   * An engine at the step of the newest checkpoint in a directory; a new engine when there is none.
   * It has no relations yet: declare them again with {@link #createTable} and {@link #createView},
   * before the first {@link #step}. A declaration equal to one of the checkpoint finds its state at
   * once; a view that is new or has changed is computed from its inputs' content.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when a file fails its checksum,
   *     {@link ErrorCode#FORMAT_UNKNOWN} for a checkpoint of a newer Freshet
   */
  public static Engine restore(Storage storage, String directory) {
    throw new UnsupportedOperationException();
  }

  /** What was given to {@link #checkpoint} with the restored checkpoint; empty in a new engine. */
  public byte[] restoredUserData() {
    throw new UnsupportedOperationException();
  }

  /** The number of the last step; that of the checkpoint after a restore, 0 in a new engine. */
  public long step() {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds a table, with the content of the restored checkpoint if that has a table of the same name,
   * types and key, else empty.
   *
   * @param keyColumns the primary key. Without key columns the table is a bag: inserted rows add
   *     up, a DELETE takes away one row that equals the given one
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS}
   */
  public void createTable(String name, Schema schema, int... keyColumns) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when a
   *     view reads it
   */
  public void dropTable(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds a view that is kept equal to a plan over tables and earlier views. It has its content at
   * once, from the last step; the next {@link StepResult} reports that content as its change,
   * unless it came from a checkpoint.
   *
   * @param keyColumns positions in the plan's output by which the view is stored and looked up; may
   *     be all columns. They need not be unique
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS}; {@link ErrorCode#NOT_FOUND} when the
   *     plan reads a relation that is not there
   */
  public void createView(String name, Plan plan, int... keyColumns) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when
   *     another view reads it
   */
  public void dropView(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes changes of a table into the current step, in the order of the calls; nothing is visible
   * before {@link #step}. The rules of an upsert:
   *
   * <ul>
   *   <li>INSERT, SNAPSHOT and UPDATE of a key that is there replace its row.
   *   <li>An UPDATE with a before-row of another key deletes that key.
   *   <li>DELETE of a key that is not there does nothing.
   *   <li>Missing cells are filled from the row before (before-row's key, else the row's own),
   *       earlier changes of this step included. Where there is none the change is reported as
   *       unresolved and has no effect.
   *   <li>TRUNCATE deletes all rows.
   * </ul>
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} for an unknown table, {@link
   *     ErrorCode#REQUEST_INVALID} when the rows have other column types than the table
   */
  public AppliedChanges apply(TableChanges changes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Moves all views forward over what was applied since the last step, and publishes a new {@link
   * #snapshot()}.
   *
   * @param step greater than the last step's number
   * @param processingMicros the step's processing time, microseconds since the epoch
   */
  public StepResult step(long step, long processingMicros) {
    throw new UnsupportedOperationException();
  }

  /** The state after the last step. From any thread. */
  public Snapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  /** All operators in the order in which a step runs them. */
  public List<OperatorStatistics> statistics() {
    throw new UnsupportedOperationException();
  }

  /** The operators behind a view as an indented text, each with its rows, state and time. */
  public String explain(String view) {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes all state after the last step, so that {@link #restore} finds it. Only what is new since
   * the last checkpoint in this directory is written. After a crash in between the checkpoint
   * before stands. Changes applied since the last step are not part of it.
   *
   * @param userData any bytes to come back with {@link #restoredUserData()}, such as source
   *     positions
   */
  public void checkpoint(Storage storage, String directory, byte[] userData) {
    throw new UnsupportedOperationException();
  }
}
