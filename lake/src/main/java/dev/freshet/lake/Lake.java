package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.CatalogFile;
import dev.freshet.lake.catalog.IcebergSchemas;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.catalog.Stamps;
import dev.freshet.lake.files.LakeFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lake, open for writing: the only writer of its directory (the caller holds the lock).
 *
 * <pre>
 * engine thread      stage(step, table, delta) ... for each step
 * publisher thread   publish(step): all deltas up to the step become visible, or none
 * </pre>
 *
 * <p>After a crash {@link #publishedStep()} tells what the tables hold: the caller stages the
 * deltas of later steps again; those of earlier steps are ignored. A publish that fails changes
 * nothing: what was staged stays staged, and the next publish tries again.
 *
 * <p>All deltas of a step are staged before that step is published; those of later steps may be
 * staged meanwhile. What opens or drops a table waits for a publish that runs; what only tells
 * something does not.
 */
public final class Lake implements AutoCloseable {
  private final Storage storage;
  private final LakeOptions options;
  private final LakeFiles files;
  private final MergePolicy mergePolicy;
  private final Stamps stamps;
  private final Map<String, LakeTable> tables = new ConcurrentSkipListMap<>();
  private final Set<String> dropped = new TreeSet<>();
  private volatile CatalogFile catalog;
  private long attempt;
  private volatile long publishedStep;
  private volatile @Nullable FreshetException lastWarning;

  /** A publish of which nobody could tell yet whether it lasts; nothing follows it before. */
  private @Nullable Publish unsettled;

  /**
   * A publish, all of whose files are written.
   *
   * @param dropped the tables that it takes out of the lake
   */
  private record Publish(CatalogFile next, List<LakeTable> changed, Set<String> dropped) {}

  private Lake(Storage storage, Clock clock, LakeOptions options, CatalogFile catalog) {
    this.storage = storage;
    this.options = options;
    this.files = new LakeFiles(storage);
    this.mergePolicy = new MergePolicy(options);
    this.stamps = new Stamps(clock);
    this.catalog = catalog;
    this.attempt = catalog.version();
    this.publishedStep = catalog.step();
  }

  /**
   * Opens the lake of this storage, or begins one. Removes files of publishes that did not happen.
   *
   * @param clock gives the times of snapshots, and makes identifiers unique
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} or {@link ErrorCode#FORMAT_UNKNOWN}
   *     when the catalog cannot be read
   */
  public static Lake open(Storage storage, Clock clock, LakeOptions options) {
    CatalogFile catalog = CatalogFile.read(storage);
    if (catalog.version() > 0) {
      // A process killed within a publish leaves a catalog that a power cut could still take back,
      // though not the deletes below, nor what the caller does because of the step.
      storage.syncDirectory(Storage.parent(CatalogFile.PATH));
    }
    Leftovers.remove(storage, catalog);
    Lake lake = new Lake(storage, clock, options, catalog);
    lake.writeHints(new TreeSet<>(catalog.tables().keySet()));
    return lake;
  }

  /** As {@link #open(Storage, Clock, LakeOptions)}, on the machine's clock. */
  public static Lake open(Storage storage, LakeOptions options) {
    return open(storage, Clock.system(), options);
  }

  /** The last step that the tables hold; 0 when nothing was published. */
  public long publishedStep() {
    return publishedStep;
  }

  /** The markers of the last publish. */
  public Map<String, String> markers() {
    return catalog.markers();
  }

  /** Names of the published tables, open or not. */
  public Set<String> tableNames() {
    return catalog.tables().keySet();
  }

  /**
   * Opens a table with at most one row per key, creating it at the next publish.
   *
   * @param name a name such as {@code gold.revenue}
   * @param key positions of the key's columns; none means at most one row
   * @throws FreshetException {@link ErrorCode#CONTRACT_VIOLATED} when the table is there with other
   *     columns: drop it first
   */
  public synchronized LakeTable keyed(String name, Schema schema, int[] key) {
    Map<String, String> more = Map.of("freshet.key", keyNames(schema, key));
    StagedTable staged = open(name, schema, key, "keyed", more);
    return register(new KeyedTable(staged, schema, key));
  }

  /** Opens a table without a key, whose rows may repeat, creating it at the next publish. */
  public synchronized LakeTable bag(String name, Schema schema) {
    Schema stored = BagTable.storedSchema(schema);
    return register(new BagTable(open(name, stored, new int[0], "bag", Map.of()), schema));
  }

  /**
   * Opens the change history of a captured table, creating it at the next publish. Columns that the
   * history does not have yet are added.
   *
   * @param schema the captured table's columns
   */
  public synchronized LakeTable history(String name, Schema schema) {
    Schema stored = HistoryTable.storedSchema(schema);
    HistoryTable table =
        new HistoryTable(open(name, stored, new int[0], "history", Map.of()), schema);
    table.growSchema();
    return register(table);
  }

  /**
   * A new table with at most one row per key, which takes deltas at once and the place of its name
   * with {@link #replace}.
   */
  public synchronized LakeTable newKeyed(String name, Schema schema, int[] key) {
    Map<String, String> more = Map.of("freshet.key", keyNames(schema, key));
    return new KeyedTable(create(name, schema, key, "keyed", more), schema, key);
  }

  /** As {@link #newKeyed}, without a key. */
  public synchronized LakeTable newBag(String name, Schema schema) {
    Schema stored = BagTable.storedSchema(schema);
    return new BagTable(create(name, stored, new int[0], "bag", Map.of()), schema);
  }

  /**
   * Puts a new table in the place of the one of its name, if there is one: what readers see of it
   * changes with the next publish.
   */
  public synchronized void replace(LakeTable newTable) {
    drop(newTable.name());
    register(newTable);
  }

  private static String keyNames(Schema schema, int[] key) {
    return Arrays.stream(key)
        .mapToObj(column -> schema.column(column).name())
        .collect(Collectors.joining(","));
  }

  private StagedTable create(
      String name, Schema stored, int[] key, String kind, Map<String, String> more) {
    Map<String, String> properties = new TreeMap<>(TableProperties.ALL); // in one order
    properties.putAll(more);
    properties.put(LakeTable.KIND, kind);
    org.apache.iceberg.Schema wanted = IcebergSchemas.toIceberg(stored, key);
    return StagedTable.create(files, name, wanted, properties, () -> attempt, stamps);
  }

  private LakeTable register(LakeTable table) {
    tables.put(table.name(), table);
    return table;
  }

  private StagedTable open(
      String name, Schema stored, int[] key, String kind, Map<String, String> more) {
    settle();
    Check.that(!tables.containsKey(name), "a lake table is opened once: " + name);
    String pointer = dropped.contains(name) ? null : catalog.tables().get(name);
    if (pointer == null) {
      return create(name, stored, key, kind, more);
    }
    org.apache.iceberg.Schema wanted = IcebergSchemas.toIceberg(stored, key);
    StagedTable staged = StagedTable.load(files, name, pointer, () -> attempt, stamps);
    boolean sameKey =
        more.entrySet().stream()
            .allMatch(e -> e.getValue().equals(staged.current().property(e.getKey(), "")));
    if (!kind.equals(staged.current().property(LakeTable.KIND, "")) || !sameKey) {
      throw differs(name);
    }
    if (!kind.equals("history") && !IcebergSchemas.sameColumns(staged.current().schema(), wanted)) {
      throw differs(name);
    }
    return staged;
  }

  private static FreshetException differs(String name) {
    return new FreshetException(
        ErrorCode.CONTRACT_VIOLATED,
        "Cannot open lake table "
            + name
            + ": it was written with other columns or another key. Drop it, so that it is built"
            + " anew.");
  }

  /** Takes a table out of the lake at the next publish; its name may be used again at once. */
  public synchronized void drop(String name) {
    tables.remove(name);
    Publish pending = unsettled;
    if (catalog.tables().containsKey(name)
        || (pending != null && pending.next().tables().containsKey(name))) {
      dropped.add(name);
    }
  }

  /**
   * Hands over a table's delta of a step, or a part of it: consolidated, and not to be changed
   * afterwards. Steps come in order. Ignored when the step is published already.
   */
  public void stage(long step, LakeTable table, Batch delta) {
    if (step <= publishedStep || delta.isEmpty()) {
      return;
    }
    switch (table) {
      case IndexedTable indexed -> indexed.handover().add(step, delta, delta.bytes());
      case HistoryTable history ->
          throw new FreshetException(
              ErrorCode.INVARIANT_BROKEN, "A history takes changes: " + history.name());
    }
  }

  /** Hands over the changes of one table in one record of the log. Otherwise as the other one. */
  public void stage(
      long step, LakeTable table, ChangeSet changes, TableChanges rows, long logOffset) {
    if (step <= publishedStep || rows.rowCount() == 0) {
      return;
    }
    switch (table) {
      case HistoryTable history ->
          history
              .handover()
              .add(
                  step,
                  new HistoryTable.Changes(changes, rows, logOffset),
                  rows.rows().bytes() + rows.rowCount());
      case IndexedTable indexed ->
          throw new FreshetException(
              ErrorCode.INVARIANT_BROKEN, "A keyed table takes deltas: " + indexed.name());
    }
  }

  /**
   * Forgets what was staged and not published, for a caller that stages it again, from {@link
   * #publishedStep()} on.
   */
  public synchronized void forgetStaged() {
    for (LakeTable table : tables.values()) {
      table.handover().dropUpTo(Long.MAX_VALUE);
    }
  }

  /** Bytes of heap that staged deltas take, for whoever slows the engine down. */
  public long stagedBytes() {
    long bytes = 0;
    for (LakeTable table : tables.values()) {
      bytes += table.handover().bytes();
    }
    return bytes;
  }

  /**
   * Publishes all deltas of steps up to this one: one replacement of the catalog file makes all
   * tables move together. Does nothing for a step that is published already.
   *
   * @param markers kept with the step and read back by {@link #markers()}; also put into the
   *     summary of each snapshot, under {@code freshet.} and their name
   * @throws FreshetException when nothing was published, so that it may be tried again; with {@link
   *     ErrorCode#COMMIT_OUTCOME_UNKNOWN} when that cannot be known: the next publish, or opening
   *     the lake anew, looks it up before anything else
   */
  public synchronized PublishReport publish(long step, Map<String, String> markers) {
    PublishCounts counts = new PublishCounts();
    settle();
    if (step <= publishedStep) {
      return counts.report(publishedStep);
    }
    attempt++;
    Set<String> leaving = Set.copyOf(dropped);
    CatalogFile next;
    List<LakeTable> changed = new ArrayList<>();
    try {
      next = writeAll(step, markers, counts, changed);
      files.makeDurable();
    } catch (FreshetException e) {
      undo(changed);
      throw failed(step, e);
    } catch (RuntimeException e) { // a defect: nothing is published, and the cause stays visible
      undo(changed);
      throw e;
    }
    CrashPoint.LAKE_WRITTEN.reached();
    replaceCatalog(new Publish(next, changed, leaving));
    return counts.report(step);
  }

  private CatalogFile writeAll(
      long step, Map<String, String> markers, PublishCounts counts, List<LakeTable> changed) {
    Map<String, String> summary = new TreeMap<>();
    markers.forEach((key, value) -> summary.put("freshet." + key, value));
    summary.put("freshet.step", Long.toString(step));
    Map<String, String> pointers = new TreeMap<>(catalog.tables());
    for (String name : dropped) {
      pointers.remove(name);
      Leftovers.deferAll(files, name);
    }
    for (LakeTable table : tables.values()) {
      boolean hasDeltas = !table.handover().upTo(step).isEmpty();
      if (!hasDeltas && !table.staged().isStaged()) {
        continue;
      }
      changed.add(table);
      counts.changedTable();
      if (hasDeltas) {
        table.write(step, summary, counts, mergePolicy);
        Expiry.run(table.staged(), options.snapshotsRetained());
      }
      pointers.put(table.name(), table.staged().writeMetadata());
    }
    return new CatalogFile(attempt, step, markers, pointers, files.takeDeferredDeletes());
  }

  /**
   * Replaces the catalog file. When that fails, what stands there now decides; it counts only once
   * it is durable.
   */
  private void replaceCatalog(Publish publish) {
    try {
      publish.next().write(storage);
    } catch (FreshetException e) {
      unsettled = publish;
      if (!settle()) {
        throw failed(publish.next().step(), e);
      }
      return;
    }
    CrashPoint.LAKE_PUBLISHED.reached();
    finish(publish);
  }

  /**
   * Looks up the outcome of the last publish, if it is not known.
   *
   * @return whether that publish happened
   * @throws FreshetException {@link ErrorCode#COMMIT_OUTCOME_UNKNOWN} when it still cannot be known
   */
  private boolean settle() {
    Publish publish = unsettled;
    if (publish == null) {
      return true;
    }
    CatalogFile found;
    try {
      found = CatalogFile.read(storage);
      storage.syncDirectory(Storage.parent(CatalogFile.PATH));
    } catch (FreshetException e) {
      throw new FreshetException(
          ErrorCode.COMMIT_OUTCOME_UNKNOWN,
          "Cannot tell whether step "
              + publish.next().step()
              + " was published to the lake: its catalog cannot be read, or not be made durable."
              + " Nothing is published before that is known. "
              + e.getMessage(),
          e);
    }
    unsettled = null;
    boolean happened = found.version() == publish.next().version();
    if (happened) {
      finish(publish);
    } else {
      undo(publish.changed());
    }
    return happened;
  }

  private void undo(List<LakeTable> changed) {
    files.discard();
    for (LakeTable table : changed) {
      table.unload();
      table.staged().reset();
    }
  }

  private static FreshetException failed(long step, FreshetException cause) {
    return new FreshetException(
        cause.code(),
        "Failed to publish step " + step + " to the lake: " + cause.getMessage(),
        cause);
  }

  /** Nothing here may fail the publish, which has happened: opening the lake does it again. */
  private void finish(Publish publish) {
    CatalogFile next = publish.next();
    List<LakeTable> changed = publish.changed();
    catalog = next;
    publishedStep = next.step();
    files.published();
    for (LakeTable table : changed) {
      table.handover().dropUpTo(next.step());
      table.staged().markPublished();
    }
    dropped.removeAll(publish.dropped());
    try {
      writeHints(changed.stream().map(LakeTable::name).toList());
      files.deleteAll(next.deletes());
    } catch (FreshetException e) {
      lastWarning = e;
    }
  }

  /** The last failure of housekeeping after a publish, which will be made up for, if any. */
  public @Nullable FreshetException lastWarning() {
    return lastWarning;
  }

  private void writeHints(Iterable<String> names) {
    for (String name : names) {
      String pointer = catalog.tables().get(name);
      if (pointer != null) {
        VersionHint.write(storage, pointer);
      }
    }
  }

  /** Lets go of memory; files need no closing. */
  @Override
  public synchronized void close() {
    tables.clear();
  }
}
