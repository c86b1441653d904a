package dev.freshet.capture.postgres;

import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;

/** One table cannot be read now, which is nothing to the others. */
final class TableTrouble extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String table;

  /**
   * @param table its name in Freshet
   */
  TableTrouble(String table, FreshetException why) {
    super(why.getMessage(), why);
    this.table = table;
  }

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  static TableTrouble of(String table, String what, ServerAddress address, SQLException e) {
    return new TableTrouble(table, PgErrors.of(what, address, e));
  }

  String table() {
    return table;
  }
}
