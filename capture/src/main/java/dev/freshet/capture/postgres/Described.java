package dev.freshet.capture.postgres;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SchemaChange.Kind;
import dev.freshet.capture.postgres.KnownTable.KnownColumn;
import dev.freshet.capture.postgres.KnownTable.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table as the stream describes it, beside what is known of it.
 *
 * @param before as it was described before, or as the catalog had it
 */
record Described(RelationMessage message, KnownTable known, TableShape before) {
  /**
   * The numbers of the described columns, found by name and type; empty when the known table has
   * not all of them so.
   */
  Optional<int[]> numbers() {
    return numbers(known);
  }

  private Optional<int[]> numbers(KnownTable table) {
    int[] numbers = new int[message.columns().size()];
    for (int i = 0; i < numbers.length; i++) {
      Optional<KnownColumn> column = of(message.columns().get(i), table);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      numbers[i] = column.get().number();
    }
    return Optional.of(numbers);
  }

  private static Optional<KnownColumn> of(RelationMessage.Column sent, KnownTable table) {
    return table
        .named(sent.name())
        .filter(column -> column.typeOid() == sent.typeOid() && column.typmod() == sent.typmod());
  }

  /** Whether it is as it is known: nothing is there that is not, nor missing that is. */
  boolean isExpected() {
    return numbers().isPresent()
        && before.columns().stream()
            .allMatch(column -> isSent(column.name()) || known.named(column.name()).isEmpty());
  }

  /** Whether the catalog has the table as it is described, and not as it became later. */
  boolean isAsIn(KnownTable catalog) {
    return numbers(catalog).isPresent()
        && catalog.columns().stream()
            .allMatch(
                column -> isSent(column.name()) || column.isGenerated() || isNeverSent(column));
  }

  private boolean isSent(String name) {
    return message.columns().stream().anyMatch(column -> column.name().equals(name));
  }

  /** Such as one that the publication leaves out. */
  private boolean isNeverSent(KnownColumn column) {
    return known.numbered(column.number()).filter(was -> !wasSent(was)).isPresent();
  }

  private boolean wasSent(KnownColumn column) {
    return before.columns().stream().anyMatch(sent -> sent.name().equals(column.name()));
  }

  /** The table as far as the stream shows it, with the columns that are never sent. */
  KnownTable shown() {
    List<KnownColumn> columns = new ArrayList<>();
    for (RelationMessage.Column sent : message.columns()) {
      columns.add(of(sent, known).orElseGet(() -> withoutNumber(sent)));
    }
    for (KnownColumn column : known.columns()) {
      if (!wasSent(column) && !isSent(column.name())) {
        columns.add(column);
      }
    }
    return new KnownTable(
        known.relation(), known.schemaName(), known.tableName(), known.key(), columns);
  }

  private static KnownColumn withoutNumber(RelationMessage.Column sent) {
    return new KnownColumn(
        KnownTable.NO_NUMBER, sent.name(), sent.typeOid(), sent.typmod(), false, false, "?");
  }

  /** What has become of it, as far as names and types tell. */
  List<SchemaChange> byNames(Place place) {
    List<String> gone =
        before.columns().stream()
            .filter(column -> message.columns().stream().noneMatch(sent -> isLike(sent, column)))
            .map(PgColumn::name)
            .toList();
    List<String> there =
        message.columns().stream()
            .filter(sent -> before.columns().stream().noneMatch(column -> isLike(sent, column)))
            .map(RelationMessage.Column::name)
            .toList();
    if (gone.isEmpty()) {
      return there.stream().map(name -> place.change(Kind.COLUMN_ADDED, name, "", "?")).toList();
    }
    if (there.isEmpty()) {
      return gone.stream().map(name -> place.change(Kind.COLUMN_DROPPED, name, "?", "")).toList();
    }
    return List.of(
        place.change(Kind.UNCLEAR, "", String.join(", ", gone), String.join(", ", there)));
  }

  private static boolean isLike(RelationMessage.Column sent, PgColumn column) {
    return sent.name().equals(column.name())
        && sent.typeOid() == column.typeOid()
        && sent.typmod() == column.typmod();
  }
}
