package dev.freshet.contracts.mask;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The masks of one table. A table with any keeps only what its contract names: a column that the
 * source has beside those is left out too, since nobody has said what it may hold.
 *
 * @param received the columns as they come in, in the contract's order
 * @param masks by column; each takes its column's type
 */
public record Masking(Schema received, Map<String, Mask> masks) {
  /** Of a table whose values stay as they are. */
  public static final Masking NONE = new Masking(new Schema(List.of()), Map.of());

  public Masking {
    masks = Map.copyOf(masks);
  }

  public boolean isEmpty() {
    return masks.isEmpty();
  }

  public boolean needsKey() {
    return masks.values().stream().anyMatch(Mask::needsKey);
  }

  /** The columns as they are behind the masks. */
  public Schema masked() {
    List<Column> columns = new ArrayList<>();
    for (Column column : received.columns()) {
      Mask mask = masks.get(column.name());
      if (mask == null) {
        columns.add(column);
      } else if (mask != Mask.Plain.DROP) {
        columns.add(masked(column, mask));
      }
    }
    return new Schema(columns);
  }

  /**
   * A column behind its mask. One of a type that the mask does not take keeps it, and its values
   * are to be NULL: the contract's gate then tells that the types differ.
   */
  static Column masked(Column column, Mask mask) {
    DataType type = mask.masked(column.type()).orElse(column.type());
    boolean mayBeNull =
        column.mayBeNull() || mask == Mask.Plain.NULL || mask.masked(column.type()).isEmpty();
    return mayBeNull ? Column.nullable(column.name(), type) : Column.notNull(column.name(), type);
  }

  /** The names of the masks by column, in the order of the columns. */
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String column : received.names()) {
      Mask mask = masks.get(column);
      if (mask != null) {
        texts.put(column, mask.text());
      }
    }
    return texts;
  }

  /** As {@code email hash, phone truncate 3}, in the order of the columns. */
  public String text() {
    return texts().entrySet().stream()
        .map(mask -> mask.getKey() + " " + mask.getValue())
        .collect(Collectors.joining(", "));
  }
}
