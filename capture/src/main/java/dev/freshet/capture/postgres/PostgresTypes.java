package dev.freshet.capture.postgres;

import dev.freshet.core.type.DataType;
import java.util.Optional;

/** What PostgreSQL's types become, for other ways of reading its tables. */
public final class PostgresTypes {
  private PostgresTypes() {}

  /**
   * The type of a column; empty for one that is taken as text.
   *
   * @param name as {@code pg_type.typname} has it, of a domain that of its base type
   * @param typmod the column's modifier, -1 for none
   */
  public static Optional<DataType> of(String name, int typmod) {
    ColumnType known = TypeCatalog.byName(name, typmod);
    return known == null ? Optional.empty() : Optional.of(known.type());
  }
}
