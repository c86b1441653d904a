package dev.freshet.runtime.inspect;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.log.LogReader;
import dev.freshet.log.embedded.LogFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What {@code freshet log dump} prints: a JSON object a line, for each record or for each row.
 *
 * @param from the first offset, or a time in ISO 8601 with a zone; empty for the log's start
 * @param source only records of this source; empty for all
 * @param table only changes of this table; empty for all
 * @param maxLines ends after so many lines
 * @param rows a line for each row instead of each record
 */
public record LogDump(String from, String source, String table, long maxLines, boolean rows) {

  /** Prints what the log of a state folder holds at this moment, while it is used or not. */
  public void run(Path state, Consumer<String> out) {
    LogFiles.View log = StateFolder.log(state).view();
    long left = maxLines;
    try (LogReader reader = log.read(fromOffset(log))) {
      while (left > 0 && reader.next()) {
        if (source.isEmpty() || isOf(source, reader.source())) {
          left -= rows ? rows(reader, left, out) : record(reader, out);
        }
      }
    }
  }

  /**
   * What a source reads beside its stream has a name of its own, which begins with the source's.
   */
  private static boolean isOf(String source, String name) {
    return name.equals(source) || name.startsWith(source + "/");
  }

  private long fromOffset(LogFiles.View log) {
    if (from.isEmpty()) {
      return log.startOffset();
    }
    try {
      return from.chars().allMatch(Character::isDigit)
          ? Long.parseLong(from)
          : log.offsetAt(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(from)));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read the log from "
              + from
              + ": give an offset, or a time with its zone such as 2026-01-31T12:00:00Z.",
          e);
    }
  }

  /** Returns how many lines it printed. */
  private long record(LogReader reader, Consumer<String> out) {
    ChangeSet changes = reader.changes();
    StringBuilder tables = new StringBuilder();
    for (TableChanges each : changes.tables()) {
      if (table.isEmpty() || table.equals(each.table())) {
        tables.append(tables.isEmpty() ? "" : ",");
        JsonText.appendText(tables, each.table());
        tables.append(":").append(each.rowCount() + each.rejected().size());
      }
    }
    if (tables.isEmpty() && !table.isEmpty()) {
      return 0;
    }
    StringBuilder line = head(reader, changes);
    line.append(",\"transaction\":").append(changes.transaction());
    line.append(",\"sourceTime\":");
    JsonText.appendText(line, time(changes.sourceMicros()));
    line.append(",\"part\":");
    JsonText.appendText(line, changes.part().name());
    line.append(",\"position\":");
    JsonText.appendText(line, HexFormat.of().formatHex(changes.position()));
    line.append(",\"bytes\":").append(reader.length());
    line.append(",\"rows\":{").append(tables).append("}}");
    out.accept(line.toString());
    return 1;
  }

  private long rows(LogReader reader, long most, Consumer<String> out) {
    ChangeSet changes = reader.changes();
    long printed = 0;
    for (TableChanges each : changes.tables()) {
      if (!table.isEmpty() && !table.equals(each.table())) {
        continue;
      }
      for (int row = 0; row < each.rowCount() && printed < most; row++, printed++) {
        out.accept(row(head(reader, changes), each, row));
      }
      for (RejectedRow rejected : each.rejected()) {
        if (printed++ < most) {
          out.accept(rejected(head(reader, changes), each, rejected));
        }
      }
    }
    return printed;
  }

  private static StringBuilder head(LogReader reader, ChangeSet changes) {
    StringBuilder line = new StringBuilder(256);
    line.append("{\"offset\":").append(reader.offset());
    line.append(",\"source\":");
    JsonText.appendText(line, changes.source());
    line.append(",\"time\":");
    JsonText.appendText(line, time(changes.ingestMicros()));
    return line;
  }

  private static String row(StringBuilder line, TableChanges changes, int row) {
    line.append(",\"table\":");
    JsonText.appendText(line, changes.table());
    line.append(",\"operation\":");
    JsonText.appendText(line, changes.operation(row).name());
    line.append(",\"row\":");
    JsonText.appendRow(line, changes.rows(), row);
    missing(changes, row).ifPresent(names -> line.append(",\"notSent\":").append(names));
    if (changes.beforeRow()[row] >= 0) {
      line.append(",\"before\":");
      JsonText.appendRow(line, changes.before(), changes.beforeRow()[row]);
    }
    return line.append('}').toString();
  }

  /** Columns that the source did not send, whose values above are no NULL. */
  private static Optional<String> missing(TableChanges changes, int row) {
    StringBuilder names = new StringBuilder();
    for (int column = 0; column < changes.rows().schema().columnCount(); column++) {
      if (changes.isMissing(column, row)) {
        names.append(names.isEmpty() ? "[" : ",");
        JsonText.appendText(names, changes.rows().schema().column(column).name());
      }
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(names.append(']').toString());
  }

  private static String rejected(StringBuilder line, TableChanges changes, RejectedRow rejected) {
    line.append(",\"table\":");
    JsonText.appendText(line, changes.table());
    line.append(",\"operation\":");
    JsonText.appendText(line, rejected.operation().name());
    line.append(",\"rejected\":");
    JsonText.appendText(line, rejected.reason());
    line.append(",\"original\":").append(rejected.original());
    return line.append('}').toString();
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
