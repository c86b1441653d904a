package dev.freshet.capture.postgres;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.core.batch.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is remembered of the captured tables, as a text:
 *
 * <pre>
 * columns 1
 * passed 16390
 * table 0/16B3748 "orders" {"relation":16384,"schema":"public","table":"orders","key":[1],"columns":[...]}
 * change 0/16B3900 1790000000000000 ["orders","COLUMN_RENAMED","qty","qty","quantity"]
 * </pre>
 *
 * @param entries the tables as they are known, each from a position on; of one table in the order
 *     of positions
 * @param changes the last that were found, the oldest first
 * @param passed object ids of tables of which no rows are kept
 */
record KnownTables(List<Entry> entries, List<Change> changes, Set<Integer> passed) {
  private static final String HEAD = "columns 1";

  /**
   * @param lsn from where on it holds
   * @param name the table's name in Freshet
   */
  record Entry(long lsn, String name, KnownTable table) {}

  /**
   * @param lsn the end of its transaction
   */
  record Change(long lsn, SchemaChange change) {}

  KnownTables {
    entries = List.copyOf(entries);
    changes = List.copyOf(changes);
    passed = Set.copyOf(passed);
  }

  static final KnownTables NONE = new KnownTables(List.of(), List.of(), Set.of());

  String text() {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    passed.stream()
        .map(Integer::toUnsignedString)
        .sorted()
        .forEach(table -> out.append("passed ").append(table).append('\n'));
    for (Entry entry : entries) {
      out.append("table ").append(Lsn.text(entry.lsn())).append(' ');
      JsonText.appendText(out, entry.name());
      out.append(' ').append(entry.table().json()).append('\n');
    }
    for (Change change : changes) {
      SchemaChange found = change.change();
      out.append("change ").append(Lsn.text(change.lsn()));
      out.append(' ').append(found.sourceMicros()).append(" [");
      JsonText.appendText(out, found.table());
      for (String part :
          List.of(found.kind().name(), found.column(), found.before(), found.after())) {
        out.append(',');
        JsonText.appendText(out, part);
      }
      out.append("]\n");
    }
    return out.toString();
  }

  /** {@link #NONE} for a text that cannot be read: then the catalog tells anew. */
  static KnownTables parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      return NONE;
    }
    List<Entry> entries = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Set<Integer> passed = new HashSet<>();
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] parts = line.split(" ", 3);
        switch (parts[0]) {
          case "table" -> entry(Lsn.parse(parts[1]), parts[2]).ifPresent(entries::add);
          case "change" -> changes.add(change(Lsn.parse(parts[1]), parts[2]));
          case "passed" -> passed.add(Integer.parseUnsignedInt(parts[1]));
          default -> {} // of a newer Freshet
        }
      }
    } catch (SyntaxProblem | IllegalArgumentException | IndexOutOfBoundsException e) {
      return NONE;
    }
    return new KnownTables(entries, changes, passed);
  }

  private static Optional<Entry> entry(long lsn, String text) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    JsonCursor in = new JsonCursor(json, 0, json.length);
    in.string();
    String name = in.textAsString();
    return TableMessage.read(json, in.at(), json.length)
        .map(message -> new Entry(lsn, name, message.table()));
  }

  private static Change change(long lsn, String text) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    JsonCursor in = new JsonCursor(json, 0, json.length);
    in.number();
    long micros = Long.parseLong(in.textAsString());
    in.expect('[');
    String[] parts = new String[5];
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        in.expect(',');
      }
      in.string();
      parts[i] = in.textAsString();
    }
    return new Change(
        lsn,
        new SchemaChange(
            parts[0],
            SchemaChange.Kind.valueOf(parts[1]),
            parts[2],
            parts[3],
            parts[4],
            Lsn.text(lsn),
            micros));
  }
}
