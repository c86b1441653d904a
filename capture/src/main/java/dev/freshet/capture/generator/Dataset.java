package dev.freshet.capture.generator;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A kind of made-up data. Immutable; safe for all threads. */
public sealed interface Dataset permits Orders, Payments, Sensors, Clicks {
  /** All kinds, by their names. */
  List<String> NAMES = List.of("orders", "payments", "sensors", "clicks");

  /**
   * A kind by its name.
   *
   * @param seed other seeds, other data
   */
  static Optional<Dataset> of(String name, long seed) {
    Dice dice = new Dice(seed);
    return switch (name) {
      case "orders" -> Optional.of(new Orders(dice));
      case "payments" -> Optional.of(new Payments(dice));
      case "sensors" -> Optional.of(new Sensors(dice));
      case "clicks" -> Optional.of(new Clicks(dice));
      default -> Optional.empty();
    };
  }

  /** Its tables. */
  List<Table> tables();

  /**
   * Makes the rows of one event, which is one transaction.
   *
   * @param index from 0
   * @param micros when it happens, microseconds since the epoch
   */
  void event(long index, long micros, Rows rows);

  /**
   * A table of made-up rows.
   *
   * @param key positions of the key's columns; empty for rows that are only added
   */
  @SuppressWarnings("ArrayRecordComponent") // read-only by contract
  record Table(String name, Schema schema, int[] key) {
    /** The names of the key's columns. */
    public List<String> keyNames() {
      return Arrays.stream(key).mapToObj(column -> schema.column(column).name()).toList();
    }
  }

  /** Takes rows. */
  @FunctionalInterface
  interface Rows {
    /**
     * @param values one for each column, as {@link dev.freshet.core.batch.Values} boxes them
     */
    void add(String table, Object... values);
  }

  /** A table with its columns as pairs of name and type; those of the key come first. */
  static Table table(String name, int keyColumns, Object... namesAndTypes) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(
          new Column(
              (String) namesAndTypes[i],
              (DataType) namesAndTypes[i + 1],
              i / 2 < keyColumns ? Column.Nullability.NOT_NULL : Column.Nullability.NULLABLE));
    }
    int[] key = new int[keyColumns];
    Arrays.setAll(key, i -> i);
    return new Table(name, new Schema(columns), key);
  }
}
