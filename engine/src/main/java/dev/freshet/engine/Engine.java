package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.CheckpointDirectory;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.circuit.Circuit;
import dev.freshet.engine.circuit.Circuit.Addition;
import dev.freshet.engine.circuit.Fingerprint;
import dev.freshet.engine.circuit.OperatorFailure;
import dev.freshet.engine.circuit.Output;
import dev.freshet.engine.circuit.SavedState;
import dev.freshet.engine.circuit.SourceNode;
import dev.freshet.engine.circuit.TailNode.Beginning;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.table.TableInput;
import dev.freshet.engine.time.TableTime;
import dev.freshet.engine.time.ViewTime;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tables that take changes, and views that always equal their plan over them. After each {@link
 * #step} every view is what its plan would answer over the tables as of that step, never a mixture
 * (DBSP: Budiu et al., VLDB 2023).
 *
 * <p>One thread at a time owns an engine and calls its methods; {@link #snapshot()} may be called
 * from any thread. Within a call {@link Workers} may share the work; when it returns they have
 * ended it. Nothing here reads a clock or random numbers for results: the same calls give the same
 * results.
 */
public final class Engine implements AutoCloseable {
  /**
   * The columns of error rows: why an expression failed, and the row it failed on as JSON text. A
   * row that fails is not in the view; its error row leaves when the row is corrected or deleted.
   */
  public static final Schema ERROR_SCHEMA = Circuit.ERROR_SCHEMA;

  private final Circuit circuit;
  private final Times times;
  private final StateMemory memory;
  private final Relations relations = new Relations();
  private final ViewBuilds builds;
  private final ViewExchange exchange;
  private final Publication publication;
  private final AtomicReference<@Nullable CheckpointDirectory> directory = new AtomicReference<>();
  private final byte[] restoredUserData;
  private final long restoredNumber;
  private final List<String> damages;
  private long step;

  /** An engine without relations, at step 0, whose state stays in memory. */
  public Engine() {
    this(null, StateMemory.unlimited(), Workers.NONE);
  }

  private Engine(@Nullable CheckpointDirectory restored, StateMemory memory, Workers workers) {
    this.memory = memory;
    this.directory.set(restored);
    if (restored == null) {
      this.circuit = new Circuit(SavedState.NONE, workers);
      this.times = new Times((_, _) -> Optional.empty(), 0);
      this.restoredUserData = new byte[0];
      this.restoredNumber = 0;
      this.damages = List.of();
    } else {
      this.circuit = new Circuit(savedIn(restored), workers);
      this.times = new Times(restored::find, restored.step());
      this.restoredUserData = restored.userData();
      this.restoredNumber = restored.number();
      this.damages = restored.damages();
      this.step = restored.step();
    }
    this.builds = new ViewBuilds(circuit, memory, times, relations);
    this.exchange = new ViewExchange(circuit, times, relations, builds);
    this.publication = new Publication(relations, times);
    publication.publish(step, restored == null ? 0 : restored.micros());
  }

  private static SavedState savedIn(CheckpointDirectory directory) {
    return new SavedState() {
      @Override
      public boolean has(Fingerprint fingerprint) {
        return directory.has(fingerprint.text());
      }

      @Override
      public Optional<List<RunList>> find(Fingerprint fingerprint, List<RowOrder> orders) {
        return directory.find(fingerprint.text(), orders);
      }
    };
  }

  /**
   * An engine at the step of the newest checkpoint in a directory that is whole; a new engine when
   * there is none. It has no relations yet: declare them again with {@link #createTable} and {@link
   * #createView}, before the first {@link #step}. A declaration equal to one of the checkpoint
   * finds its state at once; a view that is new or has changed is computed from its inputs'
   * content.
   *
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when there are checkpoints and none
   *     is whole, {@link ErrorCode#FORMAT_UNKNOWN} for a checkpoint of a newer Freshet
   */
  public static Engine restore(Storage storage, String directory) {
    return restore(storage, directory, Long.MAX_VALUE);
  }

  /**
   * As {@link #restore(Storage, String)}, with a limit on the memory that state takes: past it
   * state lies in files of the directory and is read where it is needed. What a step works on, and
   * the answers of queries, are not counted.
   *
   * @param memoryBytes 0 for no state in memory at all, save what a step just made
   */
  public static Engine restore(Storage storage, String directory, long memoryBytes) {
    return restore(storage, directory, memoryBytes, Workers.NONE);
  }

  /**
   * As {@link #restore(Storage, String, long)}, with workers that share what large steps do. The
   * answers are the same for any number of them, and so is the content of a checkpoint: with
   * unlimited memory its bytes, else how it is cut into pieces may differ, since that depends on
   * which of them were in memory.
   *
   * @param workers stay the caller's, who closes them when the engine runs no step any more
   */
  public static Engine restore(
      Storage storage, String directory, long memoryBytes, Workers workers) {
    storage.createDirectories(directory);
    StateMemory memory = StateMemory.of(storage, directory, memoryBytes, workers.count());
    return restore(storage, directory, memory, workers);
  }

  /**
   * As {@link #restore(Storage, String, long, Workers)}, of a checkpoint that is only read: state
   * that memory has no room for lies in another directory of another storage.
   */
  public static Engine restoreReadOnly(
      Storage storage,
      String directory,
      Storage spill,
      String spillDirectory,
      long memoryBytes,
      Workers workers) {
    StateMemory memory = StateMemory.of(spill, spillDirectory, memoryBytes, workers.count());
    return restore(storage, directory, memory, workers);
  }

  private static Engine restore(
      Storage storage, String directory, StateMemory memory, Workers workers) {
    try {
      return new Engine(
          CheckpointDirectory.open(storage, directory, memory, workers), memory, workers);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  /**
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when state of the restored
   *     checkpoint proved damaged since: nothing is to follow from it
   */
  private void requireSound() {
    CheckpointDirectory restored = directory.get();
    if (restored != null) {
      restored.requireSound();
    }
  }

  /**
   * Closes the files that the state lies in, those of engines and views beside this one too, when
   * it runs no step any more. What then reads state that is not in memory, such as a {@link
   * #snapshot}, fails with {@link ErrorCode#NOT_RUNNING}. From any thread.
   */
  @Override
  public void close() {
    memory.close();
  }

  /**
   * Deletes what a process that crashed had spilled in this engine's directory; the first state
   * that is spilled does so too. For all threads.
   *
   * @throws FreshetException when the disk fails; the next call tries again
   */
  public void deleteStaleSpill() {
    memory.deleteStale();
  }

  /** How much memory state takes where nobody says: two fifths of the JVM's heap. */
  public static long defaultMemoryBytes() {
    return StateMemory.defaultBytes();
  }

  /**
   * What was found damaged of the directory's checkpoints, a sentence each: of newer ones than the
   * one that was restored, or of older ones. Empty when all seem whole.
   */
  public List<String> damages() {
    return damages;
  }

  /**
   * The number of the restored checkpoint in its directory, 0 for none: all that this engine writes
   * there have higher ones.
   */
  public long restoredNumber() {
    return restoredNumber;
  }

  /** What was given to {@link #checkpoint} with the restored checkpoint; empty in a new engine. */
  public byte[] restoredUserData() {
    return restoredUserData.clone();
  }

  /**
   * From now on no view that is declared finds its state in the restored checkpoint: all are
   * computed from what they read.
   */
  public void forgetSavedState() {
    circuit.forgetSavedState();
    times.forgetSavedState();
    CheckpointDirectory restored = directory.get();
    if (restored != null) {
      restored.forgetRestored();
    }
  }

  /**
   * Whether a declared table or view has its content from the restored checkpoint, rather than from
   * what it reads.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}
   */
  public boolean isRestored(String relation) {
    return relations.require(relation).output().isRestored();
  }

  /** The number of the last step; that of the checkpoint after a restore, 0 in a new engine. */
  public long step() {
    return step;
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
    createTable(name, "", schema, keyColumns);
  }

  /**
   * As {@link #createTable(String, Schema, int...)}, for a name that may be dropped and used again:
   * of a checkpoint only the content of a table of the same incarnation is taken.
   *
   * @param incarnation differs between a table and those that had its name before
   */
  public void createTable(String name, String incarnation, Schema schema, int... keyColumns) {
    createTable(name, incarnation, 0, schema, Optional.empty(), keyColumns);
  }

  /**
   * As {@link #createTable(String, String, Schema, int...)}, for a table whose rows come about in
   * the order of a column.
   *
   * @param since the position in the input from which on the table is there
   */
  public void createTable(
      String name,
      String incarnation,
      long since,
      Schema schema,
      Optional<Watermark> watermark,
      int... keyColumns) {
    createTable(name, incarnation, since, schema, watermark, Keep.ALL, keyColumns);
  }

  /**
   * As {@link #createTable(String, String, long, Schema, Optional, int...)}.
   *
   * @param keep {@link Keep#NONE}: the table takes inserts only, and its key is not looked at
   */
  public void createTable(
      String name,
      String incarnation,
      long since,
      Schema schema,
      Optional<Watermark> watermark,
      Keep keep,
      int... keyColumns) {
    add(
        circuit::addSource,
        name,
        incarnation.isEmpty() ? "" : " incarnation " + incarnation,
        since,
        schema,
        watermark,
        keep,
        keyColumns);
  }

  /**
   * As {@link #createTable(String, Schema, int...)}, with rows that the caller has in place of
   * those of the restored checkpoint. Before the first step, and before any view.
   *
   * @param content is called once, and gives the rows in any parts; of a table with a key one for
   *     each key
   */
  public void createTable(
      String name,
      Schema schema,
      Optional<Watermark> watermark,
      Consumer<Consumer<Batch>> content,
      int... keyColumns) {
    add(circuit::addEmptySource, name, "", 0, schema, watermark, Keep.ALL, keyColumns);
    SourceNode source = table(name).source();
    content.accept(rows -> {
      memory.enforce(circuit::forEachContent, circuit.tables());
      source.offer(rows);
      circuit.step();
      circuit.endStep();
    });
    publishRelations();
  }

  @FunctionalInterface
  private interface Adding {
    Output add(SourceNode source, Keep keep, int[] keyColumns);
  }

  private void add(
      Adding adding,
      String name,
      String suffix,
      long since,
      Schema schema,
      Optional<Watermark> watermark,
      Keep keep,
      int... keyColumns) {
    relations.requireUnused(name);
    String kind = keep == Keep.ALL ? "table " : "stream ";
    String identity = kind + name + " key " + Arrays.toString(keyColumns) + suffix;
    SourceNode source = new SourceNode(identity, schema, keep);
    Output output = adding.add(source, keep, keyColumns.length == 0 ? all(schema) : keyColumns);
    TableInput.Detail detail =
        watermark.isPresent() ? TableInput.Detail.ARRIVALS : TableInput.Detail.CHANGE;
    TableInput input =
        TableInput.of(name, schema, keyColumns.clone(), keep, detail, circuit.workers());
    watermark.ifPresent(
        declared -> times.add(name, identity, new TableTime(declared, since), schema));
    relations.add(new Relation.Table(name, schema, source, input, output));
    publishRelations();
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when a
   *     view reads it
   */
  public void dropTable(String name) {
    relations.requireTable(name);
    relations.requireUnread(name);
    relations.remove(name);
    times.removeTable(name);
    dropOutputs();
  }

  /**
   * Adds a view that is kept equal to a plan over tables and earlier views. It has its content at
   * once, as of the last step: {@link #snapshot} shows it, and a {@link StepResult} only what
   * changes later.
   *
   * @param keyColumns positions in the plan's output by which the view is stored and looked up; may
   *     be all columns. They need not be unique
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS}; {@link ErrorCode#NOT_FOUND} when the
   *     plan reads a relation that is not there
   */
  public void createView(String name, Plan plan, int... keyColumns) {
    createView(name, 0, List.of(), plan, keyColumns);
  }

  /**
   * As {@link #createView(String, Plan, int...)}.
   *
   * @param since the position from which on the view is there. Changes before it are never late for
   *     a final view, so that one that was created over rows is the same after reading the input
   *     again
   * @param named the relations that the view's definition reads, if the plan does not name them
   */
  public void createView(
      String name, long since, Collection<String> named, Plan plan, int... keyColumns) {
    createView(name, since, named, plan, Keep.ALL, keyColumns);
  }

  /**
   * As {@link #createView(String, long, Collection, Plan, int...)}. Of what keeps no rows a view
   * sees those that come after {@code since}: see {@link #boundary}.
   *
   * @throws ViewFailure when its computation fails otherwise than in a row
   */
  public void createView(
      String name, long since, Collection<String> named, Plan plan, Keep keep, int... keyColumns) {
    relations.requireUnused(name);
    if (keep == Keep.ALL && Times.arriving(plan).isEmpty() && isWorthBuilding(plan, keyColumns)) {
      ViewBuild build = beginView(name, named, plan, keyColumns);
      try {
        build.run();
        finishView(build);
      } finally {
        abandonView(build);
      }
      return;
    }
    Set<String> reads = Reads.of(plan);
    reads.addAll(named);
    Optional<ViewTime> viewTime = times.add(name, since, plan);
    Output output;
    try {
      Addition addition =
          new Addition(
              plan, beginning(name, since, plan, keep), viewTime, keep, keyColumns.clone());
      output = circuit.add(addition, read -> relations.require(read).output());
    } catch (RuntimeException | Error e) {
      times.removeView(name);
      if (OperatorFailure.isOf(e)) {
        throw new ViewFailure(List.of(name), e);
      }
      throw e;
    }
    relations.add(new Relation.View(name, plan.schema(), reads, since, output));
    publishRelations();
  }

  /**
   * Whether a view has so much to compute that others should not wait for it: then {@link
   * #beginView} lets them go on.
   */
  public boolean isWorthBuilding(Plan plan, int... keyColumns) {
    return builds.isWorth(plan, Reads.of(plan)) && !builds.hasSaved(plan, keyColumns);
  }

  /**
   * As {@link #isWorthBuilding(Plan, int...)}, for a view that may be a final one of a checkpoint.
   *
   * @param since as for {@link #createView(String, long, Collection, Plan, int...)}
   */
  public boolean isWorthBuilding(String name, long since, Plan plan, int... keyColumns) {
    return builds.isWorth(plan, Reads.of(plan))
        && !(Times.arriving(plan).isEmpty()
            ? builds.hasSaved(plan, keyColumns)
            : times.hasSaved(name, since, plan));
  }

  /**
   * Whether the restored checkpoint has the state of a view that begins at a position, so that
   * {@link #createView(String, long, Collection, Plan, Keep, int...)} computes nothing.
   */
  public boolean hasSaved(String name, long since, Plan plan, Keep keep, int... keyColumns) {
    if (!Times.arriving(plan).isEmpty()) {
      return times.hasSaved(name, since, plan);
    }
    Beginning beginning = beginning(name, since, plan, keep);
    return circuit.hasSaved(
        new Addition(plan, beginning, Optional.empty(), keep, keyColumns.clone()),
        read -> relations.require(read).output());
  }

  static Beginning beginning(String name, long since, Plan plan, Keep keep) {
    return new Beginning(Times.identity(name, since, plan) + ", keep " + keep, since);
  }

  /**
   * Begins to compute a view beside the steps. Then {@link ViewBuild#run}, on any thread; then
   * {@link #finishView}, or {@link #abandonView}.
   *
   * @param named as for {@link #createView(String, long, Collection, Plan, int...)}
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when the plan reads a relation that is not
   *     there
   */
  public ViewBuild beginView(String name, Collection<String> named, Plan plan, int... keyColumns) {
    NewView view = new NewView(name, Set.copyOf(named), plan, keyColumns);
    return builds.begin(List.of(part(view, Optional.empty())), Set.of(), step);
  }

  /**
   * As {@link #beginView}, for views that will come at once, some in the place of views that run,
   * final ones too. Then {@link ViewBuild#run}; then {@link #swapViews}, or {@link #abandonView}.
   *
   * @param newViews each reads tables, views that stay, and views before it
   * @param dropped views that go when these come
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when a plan reads a relation that is not
   *     there
   */
  public ViewBuild beginViews(List<NewView> newViews, Set<String> dropped) {
    List<ViewBuild.Part> parts = new ArrayList<>();
    for (NewView view : newViews) {
      parts.add(part(view, Optional.ofNullable(relations.views().get(view.name()))));
    }
    return builds.begin(parts, dropped, step);
  }

  private static ViewBuild.Part part(NewView view, Optional<Relation.View> replaced) {
    Set<String> reads = Reads.of(view.plan());
    reads.addAll(view.named());
    return new ViewBuild.Part(view, reads, replaced);
  }

  /**
   * Adds a view that has been computed, as of the last step.
   *
   * @throws ViewFailure as {@link ViewBuild#run}; then nothing has changed
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS}; {@link ErrorCode#REQUEST_INVALID}
   *     when what it reads was dropped meanwhile
   */
  public void finishView(ViewBuild build) {
    exchange.add(build);
    publishRelations();
  }

  /**
   * Exchanges views between two steps, once. Readers see it with the next step, which tells of a
   * view whose columns stay the same by the difference between what it was and what it is; the
   * content of others stands in the {@link #snapshot}.
   *
   * @throws ViewFailure as {@link ViewBuild#run}; then nothing has changed
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when what they read was dropped
   *     meanwhile, or when a view that stays reads one that goes; then nothing has changed
   */
  public void swapViews(ViewBuild build) {
    exchange.swap(build);
  }

  /**
   * Checks that tables could be dropped if views were exchanged now.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when one is not there; {@link
   *     ErrorCode#REQUEST_INVALID} when a view that stays or comes reads one of them
   */
  public void requireUnread(Set<String> dropped, ViewBuild build) {
    exchange.requireUnread(dropped, build);
  }

  /**
   * Begins to compute views of this engine once more in another one, from the input: feed {@link
   * ViewReplay#shadow} with it. Then {@link ViewReplay#compare}, then {@link
   * #swapViews(ViewReplay)}. Of any thread that holds off changes of views.
   *
   * @param again each after those that it reads, with all that read one of them
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when there is no such view
   */
  public ViewReplay beginReplay(List<ReplayedView> again) {
    Map<String, Relation.View> replaced = new HashMap<>();
    for (ReplayedView view : again) {
      Relation.View present =
          publication.views().stream()
              .filter(each -> each.name().equals(view.name()))
              .findFirst()
              .orElseThrow(() -> Relations.notFound("replay", view.name()));
      replaced.put(view.name(), present);
    }
    return new ViewReplay(beside(), again, replaced, memory.beside());
  }

  /** A new engine without relations whose state has a budget of its own beside this one's. */
  public Engine beside() {
    return new Engine(null, memory.beside(), circuit.workers());
  }

  /**
   * Exchanges views between two steps, once, for those that another engine came to. Readers see it
   * with the next step, which tells of each view by what it has more and less than before.
   *
   * @param replay compared, and its engine at the last step of this one
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when the views are not what they
   *     were, or a view that stays reads one of them; {@link ErrorCode#LIMIT_EXCEEDED} when too
   *     much changed meanwhile; then nothing has changed
   */
  public void swapViews(ViewReplay replay) {
    Engine shadow = replay.shadow();
    Check.that(shadow.step == step, "both are at one step", shadow.step, step);
    exchange.swap(replay, shadow.times, shadow.circuit.states());
  }

  /**
   * Adds a view that another engine came to at the last step of this one, with all that it reads
   * declared here.
   */
  public void adoptView(Engine shadow, ReplayedView view) {
    relations.requireUnused(view.name());
    Check.that(shadow.step == step, "both are at one step", shadow.step, step);
    exchange.adopt(List.of(view), shadow.times, shadow.circuit.states());
    publishRelations();
  }

  /** Forgets a view that is being computed; does nothing once it is finished. */
  public void abandonView(ViewBuild build) {
    builds.abandon(build);
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when
   *     another view reads it
   */
  public void dropView(String name) {
    if (!relations.views().containsKey(name)) {
      throw Relations.notFound("drop view", name);
    }
    relations.requireUnread(name);
    relations.remove(name);
    times.removeView(name);
    dropOutputs();
  }

  /**
   * Tells where what is applied next stands in the input, and when it came in. All that is applied
   * until the next call, or the step, comes at one moment: it is judged by the watermarks of what
   * came before. By the times tables become idle.
   *
   * @param position where a change before it ended; steps are positions too
   * @param ingestMicros microseconds since the epoch
   */
  public void pass(long position, long ingestMicros) {
    times.pass(position, ingestMicros);
  }

  /**
   * Looks up at once what the next calls of {@link #apply} for a table will need, with these
   * changes in this order: many small changes cost about as much as one large one then. May be left
   * out.
   *
   * @throws FreshetException as {@link #apply}
   */
  public void foresee(String name, List<TableChanges> next) {
    Relation.Table table = table(name);
    table.input().foresee(next, table.output().content());
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
    Relation.Table table = table(changes.table());
    List<RejectedRow> unresolved = table.input().apply(changes, table.output().content());
    times.follow(changes);
    return new AppliedChanges(changes.rowCount() - unresolved.size(), unresolved);
  }

  private Relation.Table table(String name) {
    Relation.Table table = relations.tables().get(name);
    if (table == null) {
      throw Relations.notFound("apply changes", name);
    }
    return table;
  }

  /**
   * Moves all views forward over what was applied since the last step, and publishes a new {@link
   * #snapshot()}.
   *
   * @param newStep greater than the last step's number
   * @param processingMicros the step's processing time, microseconds since the epoch
   * @throws ViewFailure when the computation of a view fails
   */
  public StepResult step(long newStep, long processingMicros) {
    if (newStep <= step) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot run step " + newStep + ": the last step was " + step + ".");
    }
    requireSound();
    long begin = System.nanoTime();
    memory.enforce(circuit::forEachContent, circuit.tables());
    Map<String, Relation.Table> tables = relations.tables();
    Collection<Relation.View> views = relations.views().values();
    Map<String, Arrivals> arrivals = times.offer(newStep, tables, views);
    for (Relation.View view : views) {
      view.output().tails().forEach(tail -> tail.offer(newStep));
    }
    for (Relation.Table table : tables.values()) {
      table.source().offer(table.input().takeChange());
    }
    runCircuit();
    builds.offer(arrivals);
    List<RelationDelta> deltas =
        publication.publish(newStep, processingMicros, exchange.takeSwap());
    long nanos = System.nanoTime() - begin;
    circuit.endStep();
    forgetSavedState();
    times.endStep(newStep);
    step = newStep;
    return new StepResult(newStep, processingMicros, deltas, nanos);
  }

  private void runCircuit() {
    try {
      circuit.step();
    } catch (OperatorFailure e) {
      List<String> users =
          relations.views().values().stream()
              .filter(view -> circuit.operatorsOf(view.output()).contains(e.operator()))
              .map(Relation.View::name)
              .toList();
      throw users.isEmpty() ? e : new ViewFailure(users, e.reason());
    }
  }

  /** The state after the last step. From any thread. */
  public Snapshot snapshot() {
    return publication.snapshot();
  }

  /** All operators in the order in which a step runs them. From any thread. */
  public List<OperatorStatistics> statistics() {
    return Statistics.of(circuit, publication.views());
  }

  /** The operators behind a view as an indented text, each with its rows, state and time. */
  public String explain(String view) {
    Relation.View found = relations.views().get(view);
    if (found == null) {
      throw Relations.notFound("explain view", view);
    }
    return Statistics.explain(circuit, found.output());
  }

  /**
   * The state after the last step, to be written by any thread, so that {@link #restore} finds it.
   * Costs little. Changes applied since the last step are not part of it.
   *
   * @param userData any bytes to come back with {@link #restoredUserData()}, such as source
   *     positions
   */
  public Checkpoint prepareCheckpoint(byte[] userData) {
    Map<String, List<RunList>> operators = new LinkedHashMap<>();
    circuit.forEachState((fingerprint, state) -> operators.put(fingerprint.text(), state));
    times.forEachState(operators::put);
    return new Checkpoint(
        step, publication.snapshot().processingMicros(), userData.clone(), operators, directory);
  }

  /**
   * Writes all state after the last step at once. Only what is new since the last checkpoint in
   * this directory is written. After a crash in between the checkpoint before stands.
   *
   * @param userData as for {@link #prepareCheckpoint}
   */
  public void checkpoint(Storage storage, String path, byte[] userData) {
    prepareCheckpoint(userData).write(storage, path);
  }

  /**
   * The first position after the last step at which a view begins to see what keeps no rows. A step
   * that passes it must not begin before it. {@link Long#MAX_VALUE} when there is none.
   */
  public long boundary() {
    return relations.views().values().stream()
        .mapToLong(view -> view.beginsAfter(step))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Publishes the last step's state again, with the relations that are there now. */
  private void publishRelations() {
    publication.publish(step, publication.snapshot().processingMicros());
  }

  private void dropOutputs() {
    circuit.retain(relations.outputs());
    publishRelations();
  }

  private static int[] all(Schema schema) {
    return IntStream.range(0, schema.columnCount()).toArray();
  }
}
