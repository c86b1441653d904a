package dev.freshet.capture.postgres;

import dev.freshet.core.type.Column;

/**
 * A column of a table at the server.
 *
 * @param number its identity, see {@link KnownTable}
 * @param typeOid the declared type's object id, a domain's own included
 * @param typmod the declared type's modifier, -1 for none
 */
record PgColumn(
    int number,
    String name,
    int typeOid,
    int typmod,
    ColumnType type,
    Column.Nullability nullability) {
  Column column() {
    return new Column(name, type.type(), nullability);
  }

  boolean sameShape(PgColumn other) {
    return name.equals(other.name)
        && typeOid == other.typeOid
        && typmod == other.typmod
        && (number == other.number || isWithoutNumber() || other.isWithoutNumber());
  }

  boolean isWithoutNumber() {
    return number == KnownTable.NO_NUMBER;
  }

  PgColumn numbered(int newNumber) {
    return new PgColumn(newNumber, name, typeOid, typmod, type, nullability);
  }

  PgColumn nullable() {
    return new PgColumn(number, name, typeOid, typmod, type, Column.Nullability.NULLABLE);
  }
}
