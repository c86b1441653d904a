package dev.freshet.kafka;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A log in memory that syncs at once, or not before it is told; takes so many change sets. */
final class MemoryLog implements ChangeSink {
  private final List<byte[]> records = new ArrayList<>();
  private int durable;
  private int limit = Integer.MAX_VALUE;
  private boolean syncs = true;
  private int refusedOffers;
  private Capture capture;

  void follows(Capture running) {
    Capture before;
    synchronized (this) {
      before = capture;
      capture = running;
    }
    if (before == null) {
      sync();
    }
  }

  /** From now on no more than this many are taken in all. */
  synchronized void limit(int count) {
    limit = count;
  }

  synchronized void syncs(boolean atOnce) {
    syncs = atOnce;
  }

  @Override
  public Answer offer(ChangeSet changes) {
    synchronized (this) {
      if (records.size() >= limit) {
        refusedOffers++;
        return Answer.FULL;
      }
      ByteWriter out = new ByteWriter(256);
      ChangeSetCodec.write(out, changes);
      records.add(out.toByteArray());
      if (!syncs) {
        return Answer.TAKEN;
      }
    }
    sync();
    return Answer.TAKEN;
  }

  void sync() {
    byte[] position;
    Capture told;
    synchronized (this) {
      durable = records.size();
      told = capture;
      position = durable == 0 ? null : read(durable - 1).position();
    }
    if (told != null && position != null) {
      told.acknowledged(position);
    }
  }

  /** What a crash leaves: nothing that was not synced. */
  synchronized void crash() {
    while (records.size() > durable) {
      records.removeLast();
    }
    capture = null;
  }

  /** How often it took nothing. */
  synchronized int refusedOffers() {
    return refusedOffers;
  }

  synchronized int size() {
    return records.size();
  }

  /** Rows of all change sets, refused ones too. */
  synchronized int rows() {
    int rows = 0;
    for (int i = 0; i < size(); i++) {
      for (TableChanges each : read(i).tables()) {
        rows += each.rowCount() + each.rejected().size();
      }
    }
    return rows;
  }

  synchronized ChangeSet read(int index) {
    byte[] bytes = records.get(index);
    return ChangeSetCodec.read(new ByteReader(bytes, 0, bytes.length));
  }

  synchronized Resume resume() {
    return records.isEmpty()
        ? Resume.FROM_NOTHING
        : new Resume.After(read(records.size() - 1).position(), Part.LAST, List.of());
  }

  /** All changes of a table in their order, as {@code i{...}}, {@code d{...}} or {@code t}. */
  List<String> changes(String table) {
    List<String> changes = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      for (TableChanges each : read(i).tables()) {
        for (int row = 0; each.table().equals(table) && row < each.rowCount(); row++) {
          char operation = (char) each.operations()[row];
          changes.add(operation + (operation == 't' ? "" : JsonText.row(each.rows(), row)));
        }
      }
    }
    return changes;
  }

  /** The columns of each change that are NULL, and were sent. */
  List<String> nulls(String table) {
    return columns(
        table,
        (changes, column, row) ->
            changes.rows().column(column).isNull(row) && !changes.isMissing(column, row));
  }

  /** The columns of each change that the source did not send. */
  List<String> missing(String table) {
    return columns(table, TableChanges::isMissing);
  }

  private interface CellTest {
    boolean holds(TableChanges changes, int column, int row);
  }

  private List<String> columns(String table, CellTest test) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      for (TableChanges each : read(i).tables()) {
        for (int row = 0; each.table().equals(table) && row < each.rowCount(); row++) {
          List<String> names = new ArrayList<>();
          for (int column = 0; column < each.rows().schema().columnCount(); column++) {
            if (test.holds(each, column, row)) {
              names.add(each.rows().schema().column(column).name());
            }
          }
          found.add(String.join(" ", names));
        }
      }
    }
    return found;
  }

  /** The rows that the changes leave, by their keys. */
  Map<String, String> rows(String table, String keyColumn) {
    Map<String, String> rows = new TreeMap<>();
    for (String change : changes(table)) {
      if (change.startsWith("t")) {
        rows.clear();
        continue;
      }
      String key = change.replaceAll(".*\"" + keyColumn + "\":(\"?[^,\"}]*\"?).*", "$1");
      if (change.startsWith("d")) {
        rows.remove(key);
      } else {
        rows.put(key, change.substring(1));
      }
    }
    return rows;
  }

  List<RejectedRow> rejected() {
    List<RejectedRow> rejected = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      read(i).tables().forEach(table -> rejected.addAll(table.rejected()));
    }
    return rejected;
  }
}
