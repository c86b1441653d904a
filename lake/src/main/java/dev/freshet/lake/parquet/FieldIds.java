package dev.freshet.lake.parquet;

import java.util.List;

/**
 * The ids by which readers find a field and its parts whatever their names.
 *
 * @param parts of an array its element, of a map its key and its value, of a row its fields; else
 *     none
 */
public record FieldIds(int id, List<FieldIds> parts) {
  public FieldIds {
    parts = List.copyOf(parts);
  }
}
