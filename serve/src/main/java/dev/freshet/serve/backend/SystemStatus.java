package dev.freshet.serve.backend;

import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.output.Output;
import java.util.List;
import java.util.Map;

/**
 * How a running system is doing, at one moment.
 *
 * @param project the project's name
 * @param step the last step's number: the log offset that all answers reach
 * @param startedMicros when the process started, microseconds since the epoch
 * @param healthy whether every source runs and nothing has failed
 * @param problems what is wrong, for people; empty when healthy
 * @param ingest of the sources that are posted to
 * @param reconciled what came of comparing sources with what is held of them
 * @param outputs where changes leave the system, with what each guarantees
 * @param sinks that write to other systems
 * @param models what is being computed of them, and what became of the last change
 * @param counters further counters for metrics, by Prometheus name without the {@code freshet_}
 *     prefix
 */
public record SystemStatus(
    String project,
    long step,
    long startedMicros,
    boolean healthy,
    List<String> problems,
    List<SourceStatus> sources,
    List<IngestStatus> ingest,
    List<ReconcileStatus> reconciled,
    List<RelationStatus> relations,
    LogStatus log,
    LakeStatus lake,
    List<OutputStatus> outputs,
    List<SinkStatus> sinks,
    StepStatus steps,
    LedgerStatus ledger,
    ModelsStatus models,
    Map<String, Double> counters) {
  public SystemStatus {
    problems = List.copyOf(problems);
    sources = List.copyOf(sources);
    ingest = List.copyOf(ingest);
    reconciled = List.copyOf(reconciled);
    relations = List.copyOf(relations);
    outputs = List.copyOf(outputs);
    sinks = List.copyOf(sinks);
    counters = Map.copyOf(counters);
  }

  /**
   * @param state such as {@code snapshotting}, {@code streaming}, {@code reconnecting}, {@code
   *     failed}
   * @param position the source's position, as it writes it
   * @param lagBytes what the source has and Freshet has not yet received; -1 when not known
   * @param lagMillis age of the newest received commit that is not yet visible; 0 when all is
   * @param rows rows received since the process started
   * @param rowsPerSecond over the last seconds
   * @param snapshotPercent 0 to 100; 100 when done
   * @param snapshotSecondsLeft how long the rest will take at the pace so far; -1 when not known
   * @param error the last error; empty when there is none
   * @param tables what came for each table, of sources that count it
   * @param retainedBytes bytes of its log that the source's origin keeps for Freshet; -1 when not
   *     known
   * @param schemaChanges the last changes of the tables' shapes at the source, the oldest first
   * @param paused tables that are left alone until they are resumed
   */
  public record SourceStatus(
      String name,
      String kind,
      String state,
      String position,
      long lagBytes,
      long lagMillis,
      long rows,
      double rowsPerSecond,
      double snapshotPercent,
      long snapshotSecondsLeft,
      String error,
      List<SourceTable> tables,
      long retainedBytes,
      List<SchemaChange> schemaChanges,
      List<String> paused,
      List<TableNote> notes) {
    /**
     * How one table is, while the others go on.
     *
     * @param text a clause of which the table is the subject
     */
    public record TableNote(String table, String text) {}

    /**
     * What has become of the shape of a table.
     *
     * @param kind such as {@code column_renamed}
     * @param column the column's name before; empty where it is not of one column
     * @param before what was: a name, a type, a key
     * @param after what is
     * @param text all of it as a clause
     * @param position where in the source's changes it lies
     * @param atMicros when it was committed, 0 when that is not known
     */
    public record SchemaChange(
        String table,
        String kind,
        String column,
        String before,
        String after,
        String text,
        String position,
        long atMicros) {}

    /**
     * What came for one table since the process started.
     *
     * @param refused rows that were kept out with their reasons
     * @param bytes of both, as they came
     * @param lagRows rows that wait at the source; -1 when not known
     */
    public record SourceTable(String table, long rows, long refused, long bytes, long lagRows) {}

    public SourceStatus {
      tables = List.copyOf(tables);
      schemaChanges = List.copyOf(schemaChanges);
      paused = List.copyOf(paused);
      notes = List.copyOf(notes);
    }

    /** Of a source that has nothing to say of single tables. */
    public SourceStatus(
        String name,
        String kind,
        String state,
        String position,
        long lagBytes,
        long lagMillis,
        long rows,
        double rowsPerSecond,
        double snapshotPercent,
        long snapshotSecondsLeft,
        String error,
        List<SourceTable> tables,
        long retainedBytes,
        List<SchemaChange> schemaChanges,
        List<String> paused) {
      this(
          name,
          kind,
          state,
          position,
          lagBytes,
          lagMillis,
          rows,
          rowsPerSecond,
          snapshotPercent,
          snapshotSecondsLeft,
          error,
          tables,
          retainedBytes,
          schemaChanges,
          paused,
          List.of());
    }

    /** Of a source that does not count by tables. */
    public SourceStatus(
        String name,
        String kind,
        String state,
        String position,
        long lagBytes,
        long lagMillis,
        long rows,
        double rowsPerSecond,
        double snapshotPercent,
        String error) {
      this(
          name,
          kind,
          state,
          position,
          lagBytes,
          lagMillis,
          rows,
          rowsPerSecond,
          snapshotPercent,
          -1,
          error,
          List.of(),
          -1,
          List.of(),
          List.of());
    }
  }

  /**
   * What a source that is posted to has done since the process started, and what waits.
   *
   * @param requests that came with a whole body
   * @param repeated that an earlier one with the same key had answered
   * @param overloaded that were refused with 429
   * @param waitingBytes bytes of bodies that came and are not answered
   * @param waitingBytesMax how many may be
   * @param keys idempotency keys that are known
   * @param keysSeconds age of the oldest of them; 0 when there is none
   */
  public record IngestStatus(
      String source,
      List<TableIngest> tables,
      long requests,
      long repeated,
      long overloaded,
      long waitingBytes,
      long waitingBytesMax,
      long keys,
      long keysSeconds) {
    /** Posted rows of one table. */
    public record TableIngest(String table, long accepted, long refused) {}

    public IngestStatus {
      tables = List.copyOf(tables);
    }
  }

  /**
   * A source that was compared with what is held of it since the process started.
   *
   * @param runs how often that came to its end
   * @param failures how often it did not
   * @param atMicros when the last that did ended, microseconds since the epoch; 0 before the first
   * @param position of both sides, as the source writes it
   * @param rows of the source, all tables that were compared, each as it was found last
   * @param differences rows that differed in the end, likewise
   * @param notMatched rows in ranges that differed, too many to tell which
   * @param corrected rows that were corrected, in all runs
   * @param problem why the last one did not come to its end, or tables could not be compared; empty
   *     when all was well
   */
  public record ReconcileStatus(
      String source,
      boolean isRunning,
      long runs,
      long failures,
      long atMicros,
      String position,
      long step,
      long rows,
      long differences,
      long notMatched,
      long corrected,
      String problem) {
    /** The same, while the next one runs. */
    public ReconcileStatus running() {
      return new ReconcileStatus(
          source,
          true,
          runs,
          failures,
          atMicros,
          position,
          step,
          rows,
          differences,
          notMatched,
          corrected,
          problem);
    }

    /** The same after one that failed. */
    public ReconcileStatus failed(long newFailures, long newCorrected, String newProblem) {
      return new ReconcileStatus(
          source,
          isRunning,
          runs,
          newFailures,
          atMicros,
          position,
          step,
          rows,
          differences,
          notMatched,
          newCorrected,
          newProblem);
    }
  }

  /**
   * @param rows rows it has now
   * @param changes rows of change since the process started
   * @param changesPerSecond over the last seconds
   * @param staleMillis how old the state is that it shows: 0 when nothing waits
   * @param freshnessMillis how stale it may be
   * @param latencyMillisP50 source commit to visible, over the last seconds; -1 when nothing
   *     changed
   * @param errors rows that fail in its expressions now
   * @param quarantined rows that the gate kept out
   * @param watermarkMicros how far it has come in the time of its rows, microseconds since the
   *     epoch; {@link #NO_WATERMARK} when it has none
   * @param late changes that came too late for it, ever
   * @param ahead changes of rows whose time was too far ahead for it, ever
   */
  public record RelationStatus(
      String name,
      String layer,
      long rows,
      long changes,
      double changesPerSecond,
      long staleMillis,
      long freshnessMillis,
      double latencyMillisP50,
      double latencyMillisP99,
      long errors,
      long quarantined,
      long stateBytes,
      long watermarkMicros,
      long late,
      long ahead) {
    public static final long NO_WATERMARK = Long.MIN_VALUE;
  }

  /**
   * @param step the last one that has gone out whole
   */
  public record OutputStatus(String name, DeliveryGuarantee guarantee, long step) {
    public static OutputStatus of(Output output) {
      return new OutputStatus(output.name(), output.guarantee(), output.deliveredStep());
    }
  }

  /**
   * @param kind which connector writes
   * @param relation the table or model that it writes
   * @param state {@code connecting}, {@code copying}, {@code streaming} or {@code failing}
   * @param step the last one that the receiver has whole
   * @param rowsBehind rows of change that wait on disk for it
   * @param bytesBehind bytes of those
   * @param rows rows and changes that it has taken since the start
   * @param failures how often something failed since the start
   * @param problem why it failed last; empty since it goes on
   * @param copied why it got all rows instead of changes last; empty when it did not
   */
  public record SinkStatus(
      String name,
      String kind,
      String relation,
      DeliveryGuarantee guarantee,
      String state,
      long step,
      long rowsBehind,
      long bytesBehind,
      long rows,
      long failures,
      String problem,
      String copied) {}

  /** Offsets count records; bytes are those on disk. */
  public record LogStatus(long startOffset, long endOffset, long durableOffset, long bytes) {}

  /**
   * @param publishedStep the step that the lake's tables show
   * @param publishMillisP50 how long a publish took, over the last ones; -1 before the first
   */
  public record LakeStatus(
      String location, long publishedStep, long waitingRows, double publishMillisP50) {}

  /**
   * @param count steps since the process started
   * @param rows rows of change that went in
   */
  public record StepStatus(long count, long rows, double millisP50, double millisP99) {}

  /**
   * @param building models that are being computed beside the running ones; empty when none is
   * @param percent how far they are, 0 to 100
   * @param outcome of the last change of models while the project ran
   * @param message what the change was, or why it was refused, for people; empty when there was
   *     none
   * @param atMicros when that was, microseconds since the epoch; 0 when there was none
   * @param applied changes that came since the process started
   * @param refused changes that did not
   */
  public record ModelsStatus(
      List<String> building,
      double percent,
      Outcome outcome,
      String message,
      long atMicros,
      long applied,
      long refused) {
    /** No model was changed. */
    public static final ModelsStatus NONE =
        new ModelsStatus(List.of(), 100, Outcome.NONE, "", 0, 0, 0);

    /** What became of a change. */
    public enum Outcome {
      NONE,
      APPLIED,
      REFUSED
    }

    public ModelsStatus {
      building = List.copyOf(building);
    }
  }

  /** Rows received are applied or quarantined: {@code received = applied + quarantined}, always. */
  public record LedgerStatus(long received, long applied, long quarantined) {}
}
