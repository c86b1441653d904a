package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Which columns tables had when their rows were saved, so that a start with other columns keeps the
 * rows: a saved state names types only.
 *
 * <pre>
 * magic:int "FTBL"  version:int  tables:int
 * each:  name:text  layouts:int, the newest first, each:  since:long  schema  keys:int  key:int*
 * crc32c:int over all before
 *
 * checkpoint   1   2   3           4   5       since: the checkpoint that was restored when a table
 * layout       (id, qty)  since 0  |           was declared so; those after it are saved so
 *                                  (id, qty, note)  since 3
 * </pre>
 *
 * <p>One thread owns it.
 */
public final class TableLayouts {
  private static final String FILE = "table-layouts";
  private static final int MAGIC = 0x4C425446;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 12;
  private static final int CRC_BYTES = 4;

  /** Of a table; a checkpoint that one starts from is never so many changes old. */
  private static final int LAYOUTS_MAX = 20;

  private final Storage storage;
  private final String path;
  private final Map<String, List<Since>> known = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Without a file nothing says that the checkpoint is of other columns than those of now. */
  private boolean isNew = true;

  private boolean isChanged;

  /**
   * @param checkpoint the number of the last checkpoint that is not of this layout
   */
  private record Since(long checkpoint, TableLayout layout) {
    boolean isOf(long restored) {
      return checkpoint == 0 || checkpoint < restored;
    }
  }

  private TableLayouts(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /**
   * Those that were saved beside the engine's state.
   *
   * @param directory of the engine's checkpoints
   */
  public static TableLayouts read(Storage storage, String directory) {
    TableLayouts layouts = new TableLayouts(storage, directory + "/" + FILE);
    if (storage.exists(layouts.path)) {
      layouts.read(storage.readAll(layouts.path));
    }
    return layouts;
  }

  private void read(byte[] bytes) {
    int end = bytes.length - CRC_BYTES;
    boolean isWhole =
        end >= HEADER_BYTES
            && new ByteReader(bytes, end, CRC_BYTES).readInt() == crc(bytes, end)
            && new ByteReader(bytes, 0, Integer.BYTES).readInt() == MAGIC
            && new ByteReader(bytes, Integer.BYTES, Integer.BYTES).readInt() == VERSION;
    if (!isWhole) {
      problems.add(
          "State file "
              + path
              + " is damaged, or of another version: which columns tables had is not known. If they"
              + " have others since this start, compare: freshet reconcile SOURCE.");
      return;
    }
    isNew = false;
    ByteReader in = new ByteReader(bytes, 2 * Integer.BYTES, end - 2 * Integer.BYTES);
    for (int tables = in.readInt(); tables > 0; tables--) {
      String name = in.readText();
      List<Since> layouts = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        layouts.add(new Since(in.readLong(), TableLayout.read(in)));
      }
      known.put(name, List.copyOf(layouts));
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** The tables as they were declared last. */
  public Map<String, Contract> declared() {
    Map<String, Contract> tables = new TreeMap<>();
    known.forEach((name, layouts) -> {
      if (!layouts.isEmpty()) {
        TableLayout layout = layouts.getFirst().layout();
        tables.put(name, new Contract(name, layout.schema(), layout.keyNames(), "", ""));
      }
    });
    return tables;
  }

  /** Declares a table with the rows that were saved of it, whatever columns they had. */
  public void declare(Engine engine, Contract table) {
    if (table.keep() != Keep.ALL) {
      Declarations.table(engine, table);
      return;
    }
    String name = table.table();
    long restored = engine.restoredNumber();
    List<Since> before = known.getOrDefault(name, List.of());
    List<Since> layouts =
        new ArrayList<>(before.stream().filter(each -> each.isOf(restored)).toList());
    TableLayout now = TableLayout.of(table);
    Optional<TableLayout> saved = layouts.stream().findFirst().map(Since::layout);
    if (saved.isEmpty() || saved.get().isReadAs(now)) {
      Declarations.table(engine, table);
    } else {
      take(engine, table, saved.get(), now);
    }
    if (saved.isEmpty() || !saved.get().equals(now)) {
      layouts.addFirst(new Since(isNew ? 0 : restored, now));
    }
    List<Since> kept = List.copyOf(layouts.subList(0, Math.min(LAYOUTS_MAX, layouts.size())));
    isChanged |= !kept.equals(before);
    known.put(name, kept);
  }

  private void take(Engine engine, Contract table, TableLayout before, TableLayout now) {
    String name = table.table();
    engine.createTable(name, before.schema(), before.keyColumns());
    Snapshot saved = engine.snapshot();
    engine.dropTable(name);
    String mismatch = before.mismatch(now);
    long[] leftOut = new long[1];
    Consumer<Consumer<Batch>> content =
        rows ->
            saved.scan(
                name,
                batch -> {
                  Batch shaped = before.reshape(batch, now);
                  leftOut[0] += batch.rowCount() - shaped.rowCount();
                  rows.accept(shaped);
                });
    engine.createTable(
        name,
        table.schema(),
        table.watermark(),
        mismatch.isEmpty() ? content : _ -> {},
        table.keyColumns());
    if (!mismatch.isEmpty() && saved.rowCount(name) > 0) {
      problems.add(
          "Table " + name + " began without the rows that it held, since " + mismatch + WAY);
    } else if (leftOut[0] > 0) {
      problems.add(
          leftOut[0]
              + " rows of table "
              + name
              + " were left out at the start, since they are NULL where the contract says NOT NULL"
              + WAY);
    }
  }

  private static final String WAY =
      ". What the source has of them comes with freshet reconcile SOURCE --repair; the lake's history"
          + " of the table has them too.";

  /** Writes down what has been declared, before the engine's state is saved with it. */
  public void save() {
    if (!isChanged) {
      return;
    }
    ByteWriter out = new ByteWriter(1 << 10);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(known.size());
    known.forEach((name, layouts) -> {
      out.writeText(name);
      out.writeInt(layouts.size());
      for (Since each : layouts) {
        out.writeLong(each.checkpoint());
        each.layout().write(out);
      }
    });
    out.writeInt(crc(out.array(), out.length()));
    storage.writeAtomically(path, out.toByteArray());
    isChanged = false;
  }

  /** What could not be kept, a sentence each. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
