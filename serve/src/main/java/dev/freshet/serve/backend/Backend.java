package dev.freshet.serve.backend;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A running system, as its edges see it. Safe for all threads. */
public interface Backend {
  SystemStatus status();

  /** All tables and models, tables first, with their columns. */
  List<RelationInfo> relations();

  /** The state after the last step. */
  Snapshot snapshot();

  /**
   * Answers a SELECT from the state at one step.
   *
   * @param maxRows more rows than this are cut off, and {@link QueryResult#truncated} says so
   * @throws FreshetException a user error with the place in the SQL; {@link
   *     ErrorCode#LIMIT_EXCEEDED}
   */
  QueryResult query(String sql, int maxRows);

  /**
   * Reads the rows of one relation with this key.
   *
   * @param key column names to their values as text
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} for an unknown relation, {@link
   *     ErrorCode#VALUE_INVALID} for a value that is not of its column's type
   */
  QueryResult lookup(String relation, Map<String, String> key);

  /**
   * Calls {@code listener} with the changes of each step from now on, beginning with the whole
   * content at the current step when {@code from} asks for it.
   */
  Subscription subscribe(String relation, From from, ChangeListener listener);

  /**
   * Takes the project's folder as it is now: what changed of its models is computed beside the
   * running ones, and takes their place in one step. Returns when that has happened.
   *
   * @throws FreshetException when the folder cannot be taken; then nothing has changed
   */
  Applied apply();

  /** How the models came about, by name. */
  Map<String, Origin> origins();

  /**
   * How a model came about.
   *
   * @param definition names what it computes, down to the tables
   * @param since the position in the log at which it began, if its rows depend on that and it is
   *     known
   */
  record Origin(String definition, OptionalLong since) {}

  /**
   * What {@link #replay} would do now.
   *
   * @param from as for {@link #replay}
   * @throws FreshetException as {@link #replay}, as far as it is known before
   */
  Replay planReplay(String model, String from);

  /**
   * Computes a model once more beside the running one, and all that read it, and lets them take
   * their places in one step. Returns when that has happened.
   *
   * @param from an offset of the log, a time with its zone, or empty: from where on history counts
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when it
   *     cannot be done, such as for history that is gone; then nothing has changed
   */
  Replayed replay(String model, String from);

  /**
   * Compares what the tables of sources hold with what the sources have, at one position. Returns
   * when that is done.
   *
   * @param source its name; empty for all sources that can be read again
   * @param tables by name; empty for all
   * @param repair whether rows that differ are corrected, and all compared once more
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} for a
   *     source that cannot be read again, or is being compared already
   */
  List<Reconciled> reconcile(String source, List<String> tables, boolean repair);

  /**
   * Does something with single tables of a source, and leaves the others alone. Returns when it is
   * durable; {@link TablesAfter#isNoticed} says whether the source leaves alone what is paused by
   * then. The rest follows within moments.
   *
   * @param source its name
   * @param tables by name; empty for all
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when
   *     that cannot be done with this source or table; then nothing has changed
   */
  TablesAfter onTables(String source, List<String> tables, TableOperation operation);

  /** What can be done with single tables of a source. */
  enum TableOperation {
    /** They are left alone; what they have stays as it is. */
    PAUSE,
    /** They are no longer left alone; what has become of them meanwhile comes in. */
    RESUME,
    /** They are read anew, in the place of all that they have. */
    RESNAPSHOT
  }

  /**
   * What became of an operation on tables.
   *
   * @param tables that it was for; of those to be resumed, the ones that were paused
   * @param paused all tables of the source that are to be left alone now
   * @param isNoticed whether the source does so already. When it was not free in time, as when it
   *     is not connected or in the middle of a large transaction, the pause begins later
   */
  record TablesAfter(
      String source,
      TableOperation operation,
      List<String> tables,
      List<String> paused,
      boolean isNoticed) {
    public TablesAfter {
      tables = List.copyOf(tables);
      paused = List.copyOf(paused);
    }
  }

  /** Takes rows that senders post. */
  Ingest ingest();

  /** Where a change feed begins. */
  enum From {
    /** With all rows that are there, as inserts. */
    SNAPSHOT,
    /** With the next change. */
    NOW
  }

  /**
   * Takes the changes of one step. Called in order on a thread of the system's own; must return
   * fast and never throw: a subscriber that cannot keep up closes itself.
   */
  interface ChangeListener {
    /**
     * @param step the step's number
     * @param changes consolidated rows, -1 for deleted and +1 for inserted; may be empty to show
     *     progress
     */
    void onStep(long step, Batch changes);

    /** The feed has ended, and not because it was closed; nothing comes after this. */
    default void onEnd(FreshetException why) {}
  }

  /** A running change feed. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * What became of a changed folder.
   *
   * @param step from which on readers see it; the last step when nothing has changed
   * @param added models that came
   * @param changed models whose SQL, settings or functions changed
   * @param rebuilt models that read one of these
   * @param removed models that went
   * @param takenOut tables that were taken out of sources
   * @param unchanged how many models stay as they were
   * @param millis how long it took
   */
  record Applied(
      long step,
      List<String> added,
      List<String> changed,
      List<String> rebuilt,
      List<String> removed,
      List<String> takenOut,
      int unchanged,
      long millis) {
    public Applied {
      added = List.copyOf(added);
      changed = List.copyOf(changed);
      rebuilt = List.copyOf(rebuilt);
      removed = List.copyOf(removed);
      takenOut = List.copyOf(takenOut);
    }
  }

  /**
   * What a replay does.
   *
   * @param computed the models that are computed: the one that was named, and those that read it
   * @param from the offset from which on history counts, if the model's rows depend on that
   * @param lines the same, and what readers see of it, for people
   */
  record Replay(List<String> computed, OptionalLong from, List<String> lines) {
    public Replay {
      computed = List.copyOf(computed);
      lines = List.copyOf(lines);
    }
  }

  /**
   * What a replay did.
   *
   * @param step from which on readers see it
   * @param rowsCame rows that the models have more in that step, those that came in by themselves
   *     among them
   * @param rowsLeft rows that they have no more
   */
  record Replayed(Replay replay, long step, long rowsCame, long rowsLeft, long millis) {}

  /**
   * An answer.
   *
   * @param step the step it is true for
   * @param rows in the order that the query asks for; a weight above 1 means equal rows
   * @param nanos how long it took
   */
  record QueryResult(long step, Batch rows, boolean truncated, long nanos) {}
}
