package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory: it keeps what a source delivers as bytes, tells it that all is durable, and can
 * be cut as a crash cuts a log. Safe for all threads.
 */
public final class RecordingLog implements ChangeSink {
  private static final long WAIT_SECONDS = 60;

  private final List<byte[]> records = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private boolean full;
  private int turnedAway;
  private @Nullable Capture capture;

  /** A log of the first records of another. */
  public static RecordingLog ofFirst(RecordingLog other, int count) {
    RecordingLog log = new RecordingLog();
    synchronized (other) {
      log.records.addAll(other.records.subList(0, count));
      log.times.addAll(other.times.subList(0, count));
    }
    return log;
  }

  /** Whom to tell what is durable; what came before is told at once. */
  public void follows(Capture running) {
    int count;
    synchronized (this) {
      capture = running;
      count = records.size();
    }
    if (count > 0) {
      running.acknowledged(read(count - 1).position());
    }
  }

  /** Whether there is no room. */
  public synchronized void full(boolean isFull) {
    full = isFull;
  }

  /** How many change sets found no room. */
  public synchronized int turnedAway() {
    return turnedAway;
  }

  @Override
  public Answer offer(ChangeSet changes) {
    Capture running;
    synchronized (this) {
      notifyAll();
      if (full) {
        turnedAway++;
        return Answer.FULL;
      }
      ByteWriter out = new ByteWriter(256);
      ChangeSetCodec.write(out, changes);
      records.add(out.toByteArray());
      times.add(changes.ingestMicros());
      running = capture;
    }
    if (running != null) {
      running.acknowledged(changes.position());
    }
    return Answer.TAKEN;
  }

  public synchronized int size() {
    return records.size();
  }

  /** A record, decoded. */
  public synchronized ChangeSet read(int index) {
    byte[] bytes = records.get(index);
    return ChangeSetCodec.read(new ByteReader(bytes, 0, bytes.length));
  }

  /** All records, decoded. */
  public synchronized List<ChangeSet> all() {
    List<ChangeSet> all = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      all.add(read(i));
    }
    return all;
  }

  /**
   * Where a source goes on after a crash. What it left of a transaction that is not complete is
   * void then, unless it goes on in its first.
   */
  public synchronized Resume resume(Source source) {
    List<byte[]> parts = new ArrayList<>();
    for (ChangeSet changes : all()) {
      if (changes.part() == Part.MORE) {
        parts.add(changes.position());
      } else {
        parts.clear();
      }
    }
    if (parts.isEmpty()) {
      return resume();
    }
    Resume resume = resume();
    if (resume instanceof Resume.FromNothing && source.continuesParts()) {
      return new Resume.FromNothing(parts);
    }
    byte[] position = resume instanceof Resume.After after ? after.position() : new byte[0];
    long now = times.getLast();
    offer(new ChangeSet(source.name(), position, now, now, 0, Part.RESTART, List.of()));
    return resume;
  }

  /** Where a source goes on after a crash between two transactions. */
  public synchronized Resume resume() {
    int last = records.size() - 1;
    while (last >= 0 && read(last).part() != Part.LAST) {
      last--;
    }
    if (last < 0) {
      return Resume.FROM_NOTHING;
    }
    return new Resume.After(
        read(last).position(),
        Part.LAST,
        List.of(),
        (micros, reader) -> {
          for (int i = 0; i < size(); i++) {
            int index = i;
            if (times.get(i) >= micros && read(i).part() == Part.LAST) {
              reader.read(read(i).position(), times.get(i), () -> read(index));
            }
          }
        });
  }

  /**
   * Each table's rows as JSON, sorted: of tables with a key the last row of each key, of others all
   * rows.
   */
  public Map<String, List<String>> content() {
    Map<String, Map<String, String>> tables = new TreeMap<>();
    long number = 0;
    for (TableChanges table : complete()) {
      number =
          apply(table, tables.computeIfAbsent(table.table(), _ -> new LinkedHashMap<>()), number);
    }
    Map<String, List<String>> content = new TreeMap<>();
    tables.forEach((table, rows) -> content.put(table, rows.values().stream().sorted().toList()));
    return content;
  }

  /** What whole transactions changed, in their order. */
  private List<TableChanges> complete() {
    return WholeTransactions.of(all()).stream()
        .flatMap(changes -> changes.tables().stream())
        .toList();
  }

  private static long apply(TableChanges changes, Map<String, String> rows, long first) {
    long number = first;
    for (int row = 0; row < changes.rowCount(); row++) {
      String key =
          changes.keyColumns().length == 0 ? "" + number++ : key(changes, changes.rows(), row);
      switch (changes.operation(row)) {
        case DELETE -> rows.remove(key);
        case TRUNCATE -> rows.clear();
        case INSERT, SNAPSHOT -> rows.put(key, JsonText.row(changes.rows(), row));
        case UPDATE -> {
          int before = changes.beforeRow()[row];
          if (before >= 0) {
            rows.remove(key(changes, changes.before(), before)); // the key was another
          }
          rows.put(key, JsonText.row(changes.rows(), row));
        }
      }
    }
    return number;
  }

  /** What came for one row: the row as JSON, or {@code delete}, in their order. */
  public List<String> history(String table, String key) {
    List<String> history = new ArrayList<>();
    for (TableChanges of : complete()) {
      for (int row = 0; row < of.rowCount() && of.table().equals(table); row++) {
        if (key(of, of.rows(), row).strip().equals(key)) {
          boolean isDelete = of.operation(row) == Operation.DELETE;
          history.add(isDelete ? "delete" : JsonText.row(of.rows(), row));
        }
      }
    }
    return history;
  }

  /**
   * @param rows the table's, or those before a change
   */
  private static String key(TableChanges changes, Batch rows, int row) {
    StringBuilder key = new StringBuilder();
    for (int column : changes.keyColumns()) {
      DataType type = rows.schema().type(column);
      key.append(rows.schema().column(column).name()).append('=');
      JsonText.appendValue(key, type, Values.read(type, rows.column(column), row));
      key.append(' ');
    }
    return key.toString();
  }

  /** All refused rows, in their order. */
  public List<RejectedRow> refused() {
    return complete().stream().flatMap(table -> table.rejected().stream()).toList();
  }

  /** Waits until something is so; fails after a minute, with what the log has. */
  public void await(BooleanSupplier isSo) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    try {
      while (!isSo.getAsBoolean()) {
        Capture running = capture;
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "It did not come to that: "
                  + size()
                  + " records, "
                  + content()
                  + ", refused "
                  + refused()
                  + (running == null ? "" : ", " + running.status()));
        }
        synchronized (this) {
          wait(20);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
