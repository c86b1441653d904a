package dev.freshet.capture.postgres;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SchemaChange.Kind;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.core.batch.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table at the server with all its columns, those that are not captured included. A column's
 * number is its identity: it keeps it under any name, and no other column of the table ever has it.
 *
 * @param relation the table's object id
 * @param key numbers of the columns of the replica identity's index, or of the primary key
 */
record KnownTable(
    int relation,
    String schemaName,
    String tableName,
    List<Integer> key,
    List<KnownColumn> columns) {
  /** Of a column whose number nobody has told. */
  static final int NO_NUMBER = 0;

  /**
   * @param number pg_attribute.attnum, or {@link #NO_NUMBER}
   * @param sqlType the type as the server writes it
   */
  record KnownColumn(
      int number,
      String name,
      int typeOid,
      int typmod,
      boolean isNotNull,
      boolean isGenerated,
      String sqlType) {
    boolean isLike(String otherName, int otherType, int otherTypmod) {
      return name.equals(otherName) && typeOid == otherType && typmod == otherTypmod;
    }
  }

  KnownTable {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  String origin() {
    return schemaName + "." + tableName;
  }

  Optional<KnownColumn> numbered(int number) {
    return columns.stream()
        .filter(column -> number != NO_NUMBER && column.number() == number)
        .findFirst();
  }

  Optional<KnownColumn> named(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** What makes this table of an earlier state of itself. */
  List<SchemaChange> since(KnownTable before, Place place) {
    List<SchemaChange> dropped = new ArrayList<>();
    List<SchemaChange> altered = new ArrayList<>();
    List<SchemaChange> added = new ArrayList<>();
    if (!origin().equals(before.origin())) {
      altered.add(place.change(Kind.TABLE_RENAMED, "", before.origin(), origin()));
    }
    for (KnownColumn was : before.columns) {
      Optional<KnownColumn> is = sameAs(was);
      if (is.isEmpty()) {
        dropped.add(place.change(Kind.COLUMN_DROPPED, was.name(), was.sqlType(), ""));
      } else {
        alter(was, is.get(), place, altered);
      }
    }
    for (KnownColumn is : columns) {
      if (before.sameAs(is).isEmpty()) {
        added.add(place.change(Kind.COLUMN_ADDED, is.name(), "", is.sqlType()));
      }
    }
    List<SchemaChange> all = new ArrayList<>(dropped);
    all.addAll(altered);
    all.addAll(added);
    if (!before.keyColumns().equals(keyColumns())) {
      all.add(place.change(Kind.KEY_CHANGED, "", before.keyText(), keyText()));
    }
    return all;
  }

  /** This table's column that is the same as a column of another state of it. */
  private Optional<KnownColumn> sameAs(KnownColumn other) {
    Optional<KnownColumn> numbered = numbered(other.number());
    return numbered.isPresent()
        ? numbered
        : named(other.name())
            .filter(column -> column.number() == NO_NUMBER || other.number() == NO_NUMBER);
  }

  private static void alter(
      KnownColumn was, KnownColumn is, Place place, List<SchemaChange> changes) {
    if (!is.name().equals(was.name())) {
      changes.add(place.change(Kind.COLUMN_RENAMED, was.name(), was.name(), is.name()));
    }
    if (is.typeOid() != was.typeOid() || is.typmod() != was.typmod()) {
      changes.add(place.change(Kind.TYPE_CHANGED, is.name(), was.sqlType(), is.sqlType()));
    }
    if (is.isNotNull() != was.isNotNull()) {
      Kind kind = is.isNotNull() ? Kind.NULL_FORBIDDEN : Kind.NULL_ALLOWED;
      changes.add(place.change(kind, is.name(), "", ""));
    }
  }

  /** As they are, whatever they are called. */
  private List<Integer> keyColumns() {
    return key.stream().sorted().toList();
  }

  private String keyText() {
    return key.isEmpty()
        ? "none"
        : key.stream()
            .map(number -> numbered(number).map(KnownColumn::name).orElse("?"))
            .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Where and of which table changes are. */
  record Place(String table, long lsn, long sourceMicros) {
    SchemaChange change(Kind kind, String column, String before, String after) {
      return new SchemaChange(table, kind, column, before, after, Lsn.text(lsn), sourceMicros);
    }
  }

  /** As {@link #read} takes it; on one line. */
  String json() {
    StringBuilder out = new StringBuilder("{\"relation\":");
    out.append(Integer.toUnsignedString(relation)).append(",\"schema\":");
    JsonText.appendText(out, schemaName);
    out.append(",\"table\":");
    JsonText.appendText(out, tableName);
    out.append(",\"key\":").append(key).append(",\"columns\":[");
    for (int i = 0; i < columns.size(); i++) {
      KnownColumn column = columns.get(i);
      out.append(i == 0 ? "[" : ",[").append(column.number()).append(',');
      JsonText.appendText(out, column.name());
      out.append(',').append(Integer.toUnsignedString(column.typeOid()));
      out.append(',').append(column.typmod());
      out.append(',').append(column.isNotNull()).append(',').append(column.isGenerated());
      out.append(',');
      JsonText.appendText(out, column.sqlType());
      out.append(']');
    }
    return out.append("]}").toString();
  }

  /** Reads one column of the list that {@link #json} writes. */
  static KnownColumn readColumn(JsonCursor in) {
    in.expect('[');
    int number = (int) whole(in);
    in.expect(',');
    in.string();
    String name = in.textAsString();
    in.expect(',');
    int typeOid = (int) whole(in);
    in.expect(',');
    int typmod = (int) whole(in);
    in.expect(',');
    boolean isNotNull = truth(in);
    in.expect(',');
    boolean isGenerated = truth(in);
    in.expect(',');
    in.string();
    String sqlType = in.textAsString();
    while (in.passes(',')) {
      in.skip(); // of a newer Freshet
    }
    in.expect(']');
    return new KnownColumn(number, name, typeOid, typmod, isNotNull, isGenerated, sqlType);
  }

  static long whole(JsonCursor in) {
    in.number();
    return Long.parseLong(in.textAsString());
  }

  static boolean truth(JsonCursor in) {
    boolean is = in.peek() == 't';
    in.word(is ? "true" : "false");
    return is;
  }
}
