package dev.freshet.serve.backend;

import dev.freshet.core.type.Schema;
import java.util.List;

/**
 * A table or model.
 *
 * @param layer {@code bronze} for captured tables, else the model's folder: {@code silver} or
 *     {@code gold}
 * @param inputs the relations or the source that it reads directly
 * @param sql the model's query; empty for a table
 * @param lakeLocation where its Iceberg table lies; empty while it has none
 */
public record RelationInfo(
    String name,
    String layer,
    String description,
    Schema schema,
    List<String> key,
    List<String> inputs,
    String sql,
    String lakeLocation) {
  public RelationInfo {
    key = List.copyOf(key);
    inputs = List.copyOf(inputs);
  }
}
