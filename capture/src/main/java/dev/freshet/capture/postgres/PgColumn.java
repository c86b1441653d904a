package dev.freshet.capture.postgres;

import dev.freshet.core.type.Column;

/**
 * A column of a table at the server.
 *
 * @param typeOid the declared type's object id, a domain's own included
 * @param typmod the declared type's modifier, -1 for none
 */
record PgColumn(
    String name, int typeOid, int typmod, ColumnType type, Column.Nullability nullability) {
  Column column() {
    return new Column(name, type.type(), nullability);
  }

  boolean sameShape(PgColumn other) {
    return name.equals(other.name) && typeOid == other.typeOid && typmod == other.typmod;
  }

  PgColumn nullable() {
    return new PgColumn(name, typeOid, typmod, type, Column.Nullability.NULLABLE);
  }
}
