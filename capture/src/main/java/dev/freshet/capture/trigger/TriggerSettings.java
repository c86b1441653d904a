package dev.freshet.capture.trigger;

import dev.freshet.core.error.Check;
import java.time.Duration;
import java.util.List;

/**
 * Which tables to take, and where their changes are written.
 *
 * @param name the source's name in the project
 * @param address of the database, without secrets; for messages
 * @param tables which tables to take; never empty
 * @param changeTable the change table's name, {@code table} or {@code schema.table}
 * @param every how long to wait between two looks at the change table
 */
public record TriggerSettings(
    String name, String address, List<Table> tables, String changeTable, Duration every) {
  /** How long to wait unless the project says otherwise. */
  public static final Duration EVERY = Duration.ofMillis(200);

  /**
   * A table to take.
   *
   * @param origin as the database names it: {@code table} or {@code schema.table}
   * @param name its name in Freshet
   * @param key the columns that tell its rows apart; empty for its primary key
   */
  public record Table(String origin, String name, List<String> key) {
    public Table {
      key = List.copyOf(key);
    }
  }

  public TriggerSettings {
    tables = List.copyOf(tables);
    Check.that(!tables.isEmpty() && every.isPositive(), "some tables are looked at, now and then");
  }

  /** The change table of a source whose file names none. */
  public static String changeTableOf(String source) {
    return "freshet_" + source + "_changes";
  }
}
