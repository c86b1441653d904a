package dev.freshet.kafka.registry;

import java.util.List;

/**
 * A schema as the registry has it.
 *
 * @param type {@code AVRO}, {@code PROTOBUF} or {@code JSON}
 * @param text the schema in its own language
 * @param references texts of the schemas that it refers to, in an order in which each comes behind
 *     those that it needs itself
 */
public record RegistrySchema(int id, String type, String text, List<String> references) {
  public RegistrySchema {
    references = List.copyOf(references);
  }
}
