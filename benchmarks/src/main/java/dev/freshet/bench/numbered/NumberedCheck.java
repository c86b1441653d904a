package dev.freshet.bench.numbered;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.database.Freshet;
import dev.freshet.database.Row;
import dev.freshet.log.LogReader;
import dev.freshet.log.embedded.LogFiles;
import dev.freshet.log.embedded.LogSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Recovers a directory in this process and looks at what is in it: all transactions from 1 to a
 * last one, each whole and once, in the log in this order from transaction 1 on, unless a process
 * was allowed to let the log forget; the views equal to their queries.
 */
public final class NumberedCheck {
  private final long last;
  private final LogStart start;
  private String wrong = "";

  private NumberedCheck(long last, LogStart start) {
    this.last = last;
    this.start = start;
  }

  /** Where the log may begin. */
  public enum LogStart {
    /** With transaction 1: no process was ever allowed to forget. */
    WHOLE,
    /** Anywhere: a process was allowed to forget what nobody needs. */
    FORGOTTEN
  }

  /**
   * What was found.
   *
   * @param last the number of the last transaction that is there
   * @param wrong what is wrong, or an empty text
   */
  public record Found(long last, String wrong) {}

  /** As below, of a directory whose log must have all from its first record on. */
  public static Found look(Path directory, long lasting) {
    return look(directory, lasting, LogStart.WHOLE);
  }

  /**
   * @param lasting {@link NumberedProcess#lasting}: that transaction and all before it must be
   *     there, and one more may be
   */
  public static Found look(Path directory, long lasting, LogStart start) {
    NumberedCheck check;
    try (Freshet database = Freshet.open(directory, NumberedRows.options())) {
      NumberedRows.define(database);
      check = new NumberedCheck(NumberedRows.last(database), start);
      check.requireLast(lasting);
      check.lookAtEvents(database);
      check.lookAtRecent(database);
      check.lookAtLatest(database);
      check.lookAtTotals(database);
    } catch (FreshetException e) {
      return new Found(0, "cannot be recovered: " + e.code() + " " + e.getMessage());
    } catch (RuntimeException e) {
      return new Found(0, "fails by accident: " + e);
    }
    check.lookAtLog(directory);
    return new Found(check.last, check.wrong);
  }

  private void wrong(String what) {
    wrong = wrong.isEmpty() ? what : wrong;
  }

  private void requireLast(long lasting) {
    if (last < lasting) {
      wrong("acknowledged and lost: transactions " + (last + 1) + " to " + lasting);
    }
    if (last > lasting + 1) {
      wrong("there up to " + last + ", though only " + (lasting + 1) + " was ever begun");
    }
  }

  private void lookAtEvents(Freshet database) {
    BitSet seen = new BitSet();
    long[] rows = {0};
    database.scan(
        "events",
        batch -> {
          for (int i = 0; i < batch.rowCount(); i++) {
            Row row = new Row(batch, i);
            long number = row.longValue("number");
            long part = row.longValue("part");
            boolean isRight =
                number >= 1
                    && number <= last
                    && part < NumberedRows.rows(number)
                    && row.longValue("amount") == NumberedRows.amount(number, part)
                    && row.text("content").equals(NumberedRows.content(number, part));
            if (!isRight) {
              wrong("part " + part + " of transaction " + number + " is not what was written");
            }
            seen.set((int) (number * 8 + part));
            rows[0]++;
          }
        });
    long wanted = 0;
    for (long number = 1; number <= last; number++) {
      wanted += NumberedRows.rows(number);
    }
    if (rows[0] != wanted || seen.cardinality() != wanted) {
      wrong("events has " + rows[0] + " rows, " + seen.cardinality() + " different, not " + wanted);
    }
  }

  private void lookAtRecent(Freshet database) {
    TreeSet<Long> numbers = new TreeSet<>();
    database.query("SELECT number FROM recent").forEach(row -> numbers.add(row.longValue(0)));
    TreeSet<Long> wanted = new TreeSet<>();
    for (long number = Math.max(1, last - NumberedRows.WINDOW + 1); number <= last; number++) {
      wanted.add(number);
    }
    if (!numbers.equals(wanted)) {
      wrong("recent has " + numbers + " and not the last numbers up to " + last);
    }
  }

  private void lookAtLatest(Freshet database) {
    List<List<Long>> wanted = new ArrayList<>();
    for (long number = Math.max(1, last - NumberedRows.KEYS + 1); number <= last; number++) {
      wanted.add(List.of(number % NumberedRows.KEYS, number));
    }
    List<List<Long>> found = rows(database, "SELECT k, number FROM latest ORDER BY number");
    if (!found.equals(wanted)) {
      wrong("latest is " + found + ", not " + wanted);
    }
  }

  private void lookAtTotals(Freshet database) {
    List<List<Long>> wanted = new ArrayList<>();
    for (long part = 0; part < NumberedRows.ROWS_MAX; part++) {
      long count = 0;
      long amount = 0;
      for (long number = 1; number <= last; number++) {
        if (part < NumberedRows.rows(number)) {
          count++;
          amount += NumberedRows.amount(number, part);
        }
      }
      if (count > 0) {
        wanted.add(List.of(part, count, amount));
      }
    }
    List<List<Long>> found = rows(database, "SELECT part, n, amount FROM totals ORDER BY part");
    if (!found.equals(wanted)) {
      wrong("the view is not equal to its query: " + found + ", not " + wanted);
    }
  }

  private static List<List<Long>> rows(Freshet database, String sql) {
    List<List<Long>> rows = new ArrayList<>();
    for (Row row : database.query(sql)) {
      rows.add(IntStream.range(0, row.schema().columnCount()).mapToObj(row::longValue).toList());
    }
    return rows;
  }

  /**
   * The log has every transaction from 1 to the last: none twice, none before another that came
   * earlier. One that was allowed to forget has all from the first that is left on; none may be.
   */
  private void lookAtLog(Path directory) {
    long previous = 0;
    LogFiles.View view =
        LogFiles.of(new LocalStorage(directory), "log", LogSettings.DEFAULT).view();
    boolean hasForgotten = view.startOffset() > 0;
    if (hasForgotten && start == LogStart.WHOLE) {
      wrong("the log begins at offset " + view.startOffset() + ", though none may be forgotten");
    }
    try (LogReader reader = view.read(view.startOffset())) {
      while (reader.next()) {
        for (TableChanges changes : reader.changes().tables()) {
          if (changes.table().equals("events")) {
            long number = number(changes.rows());
            boolean isFirst = previous == 0 && hasForgotten;
            if (number != previous + 1 && !isFirst) {
              wrong("the log has transaction " + number + " behind " + previous);
            }
            previous = number;
          }
        }
      }
    } catch (FreshetException e) {
      wrong("the log cannot be read: " + e.code() + " " + e.getMessage());
    }
    boolean isEmpty = previous == 0 && hasForgotten; // segments without rows are left
    if (previous != last && !isEmpty) {
      wrong("the log ends with transaction " + previous + ", the tables with " + last);
    }
  }

  private static long number(Batch rows) {
    return new Row(rows, 0).longValue(0);
  }
}
