package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.SchemaCodec;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Which columns tables had when their rows were saved, so that a start with other columns keeps the
 * rows: a saved state names types only. Columns are matched by name, as the {@link Gate} matches
 * those of changes: a new one is NULL, one that is gone is left out. A column that has only got
 * another name keeps its values, since it has its place and type.
 *
 * <pre>
 * magic:int "FTBL"  version:int  tables:int
 * each:  name:text  layouts:int, the newest first, each:  schema  keys:int  key:int*
 * crc32c:int over all before
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
  private final Map<String, List<Layout>> known;
  private final List<String> emptied = new ArrayList<>();
  private boolean isChanged;

  /**
   * @param key positions of the key's columns
   */
  private record Layout(Schema schema, List<Integer> key) {
    static Layout of(Contract table) {
      return new Layout(table.schema(), ints(table.keyColumns()));
    }

    private static List<Integer> ints(int[] values) {
      List<Integer> list = new ArrayList<>(values.length);
      for (int value : values) {
        list.add(value);
      }
      return list;
    }

    int[] keyColumns() {
      return key.stream().mapToInt(Integer::intValue).toArray();
    }

    List<String> keyNames() {
      return key.stream().map(i -> schema.column(i).name()).toList();
    }

    /** Why no row can be brought into another layout; empty when rows can. */
    String mismatch(Layout now) {
      for (Column column : now.schema.columns()) {
        int before = schema.indexOf(column.name());
        if (before < 0 && !column.mayBeNull()) {
          return "they do not have column " + column.name() + ", which is NOT NULL";
        }
        if (before >= 0 && !schema.type(before).equals(column.type())) {
          return "column "
              + column.name()
              + " was "
              + schema.type(before).sql()
              + " and is "
              + column.type().sql();
        }
      }
      return keyNames().equals(now.keyNames())
          ? ""
          : "the key was " + keyNames() + " and is " + now.keyNames();
    }

    /** Whether rows can stay as they are: no column is where another one was. */
    boolean isReadAs(Layout now) {
      boolean isSame = key.equals(now.key) && schema.columnCount() == now.schema.columnCount();
      for (int c = 0; isSame && c < schema.columnCount(); c++) {
        Column column = now.schema.column(c);
        int before = schema.indexOf(column.name());
        isSame = schema.type(c).equals(column.type()) && (before < 0 || before == c);
      }
      return isSame;
    }
  }

  private TableLayouts(Storage storage, String path, Map<String, List<Layout>> known) {
    this.storage = storage;
    this.path = path;
    this.known = known;
  }

  /**
   * Those that were saved beside the engine's state.
   *
   * @param directory of the engine's checkpoints
   */
  public static TableLayouts read(Storage storage, String directory) {
    String path = directory + "/" + FILE;
    Map<String, List<Layout>> known = new TreeMap<>();
    if (storage.exists(path)) {
      read(storage.readAll(path), known);
    }
    return new TableLayouts(storage, path, known);
  }

  /** Of a file that is damaged, or of another version, nothing is known. */
  private static void read(byte[] bytes, Map<String, List<Layout>> known) {
    int end = bytes.length - CRC_BYTES;
    if (end < HEADER_BYTES || new ByteReader(bytes, end, CRC_BYTES).readInt() != crc(bytes, end)) {
      return;
    }
    ByteReader in = new ByteReader(bytes, 0, end);
    if (in.readInt() != MAGIC || in.readInt() != VERSION) {
      return;
    }
    for (int tables = in.readInt(); tables > 0; tables--) {
      String name = in.readText();
      List<Layout> layouts = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        Schema schema = SchemaCodec.read(in);
        List<Integer> key = new ArrayList<>();
        for (int keys = in.readInt(); keys > 0; keys--) {
          key.add(in.readInt());
        }
        layouts.add(new Layout(schema, List.copyOf(key)));
      }
      known.put(name, layouts);
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Declares a table with the rows that were saved of it, whatever columns they had. */
  public void declare(Engine engine, Contract table) {
    if (table.keep() != Keep.ALL) {
      Declarations.table(engine, table);
      return;
    }
    Layout now = Layout.of(table);
    List<Layout> before = known.getOrDefault(table.table(), List.of());
    if (!isDeclared(engine, table, now, before)) {
      Declarations.table(engine, table);
    }
    if (before.isEmpty() || !before.getFirst().equals(now)) {
      List<Layout> layouts = new ArrayList<>(before);
      layouts.remove(now);
      layouts.addFirst(now);
      known.put(
          table.table(), List.copyOf(layouts.subList(0, Math.min(LAYOUTS_MAX, layouts.size()))));
      isChanged = true;
    }
  }

  private boolean isDeclared(Engine engine, Contract table, Layout now, List<Layout> before) {
    for (Layout layout : before) {
      if (layout.isReadAs(now)) {
        Declarations.table(engine, table);
        if (engine.isRestored(table.table())) {
          return true;
        }
        engine.dropTable(table.table());
      }
      Optional<Snapshot> saved = saved(engine, table.table(), layout);
      if (saved.isPresent()) {
        return isTaken(engine, table, now, layout, saved.get());
      }
    }
    return false;
  }

  private static Optional<Snapshot> saved(Engine engine, String table, Layout layout) {
    engine.createTable(table, layout.schema(), layout.keyColumns());
    Optional<Snapshot> saved =
        engine.isRestored(table) ? Optional.of(engine.snapshot()) : Optional.empty();
    engine.dropTable(table);
    return saved;
  }

  private boolean isTaken(
      Engine engine, Contract table, Layout now, Layout layout, Snapshot saved) {
    Gate gate = new Gate(table);
    String mismatch = layout.mismatch(now);
    if (!mismatch.isEmpty() && saved.rowCount(table.table()) > 0) {
      emptied.add(
          "Table "
              + table.table()
              + " began without the rows that it held, since "
              + mismatch
              + ". Bring them from the source: freshet reconcile SOURCE --repair. The lake's history of"
              + " the table has them too.");
    }
    boolean isEmptied = !mismatch.isEmpty();
    engine.createTable(
        table.table(),
        table.schema(),
        table.watermark(),
        rows -> {
          if (!isEmptied) {
            saved.scan(table.table(), batch -> rows.accept(gate.reshape(batch)));
          }
        },
        table.keyColumns());
    return true;
  }

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
      for (Layout layout : layouts) {
        SchemaCodec.write(out, layout.schema());
        out.writeInt(layout.key().size());
        layout.key().forEach(out::writeInt);
      }
    });
    out.writeInt(crc(out.array(), out.length()));
    storage.writeAtomically(path, out.toByteArray());
    isChanged = false;
  }

  /** Which tables began without their rows, and why, a sentence each. */
  public List<String> emptied() {
    return List.copyOf(emptied);
  }
}
