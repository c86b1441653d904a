package dev.freshet.runtime.project;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.contracts.mask.Masking;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one file of {@code contracts/}. A column is {@code id: BIGINT NOT NULL}, or a map with
 * type, nullable, description and mask. With a mask the type is the one behind it; what comes in
 * has the same, save for a hash: {@code {type: VARCHAR, mask: {hash: BIGINT}}}.
 */
final class ContractReader {
  private static final int TRUNCATE_MAX = 1_000_000;
  private static final List<String> MASKS = List.of("drop", "null", "hash", "tokenize", "truncate");

  private final List<Column> received = new ArrayList<>();
  private final Map<String, Mask> masks = new LinkedHashMap<>();

  private ContractReader() {}

  /**
   * @param name the table's, when the file does not say it
   * @throws FreshetException with the place in the file
   */
  static Contract read(YamlMap map, String name) {
    return new ContractReader()
        .contract(map.allow("table", "description", "owner", "key", "columns"), name);
  }

  private Contract contract(YamlMap map, String name) {
    Optional<YamlValue> keyValue = map.find("key");
    List<String> key = keyValue.map(YamlValue::texts).orElse(List.of());
    YamlMap columns = map.require("columns").map();
    for (String column : columns.keys()) {
      add(column, columns.require(column), key.contains(column));
    }
    try {
      Contract contract =
          new Contract(
              map.text("table", name),
              new Schema(received),
              key,
              map.text("description", ""),
              map.text("owner", ""));
      return masks.isEmpty() ? contract : contract.with(new Masking(contract.schema(), masks));
    } catch (FreshetException e) {
      throw keyValue.map(YamlValue::place).orElse(map.place()).error(e.code(), e.getMessage());
    }
  }

  private void add(String name, YamlValue value, boolean inKey) {
    if (!value.isMap()) {
      received.add(column(name, value, !inKey));
      return;
    }
    YamlMap map = value.map().allow("type", "nullable", "description", "mask");
    boolean nullable = map.find("nullable").map(YamlValue::flag).orElse(!inKey);
    Optional<YamlValue> maskValue = map.find("mask");
    if (maskValue.isEmpty()) {
      received.add(column(name, map.require("type"), nullable));
      return;
    }
    Mask mask = mask(maskValue.get());
    masks.put(name, mask);
    Column declared =
        mask == Mask.Plain.DROP && map.find("type").isEmpty()
            ? Column.nullable(name, Simple.VARCHAR)
            : column(name, map.require("type"), nullable);
    Column incoming =
        mask == Mask.Plain.HASH ? hashed(declared, map.require("type"), maskValue.get()) : declared;
    if (mask.masked(incoming.type()).isEmpty()) {
      throw maskValue
          .get()
          .invalid(
              "Invalid mask: "
                  + mask.text()
                  + " does not take "
                  + incoming.type().sql()
                  + ", the type of column "
                  + name
                  + ". It takes "
                  + mask.takes()
                  + "; drop and null take any type.");
    }
    received.add(incoming);
  }

  private static Column column(String name, YamlValue value, boolean nullable) {
    String text = value.text().strip();
    boolean mayBeNull = nullable;
    if (text.toUpperCase(Locale.ROOT).endsWith(" NOT NULL")) {
      text = text.substring(0, text.length() - " NOT NULL".length());
      mayBeNull = false;
    }
    DataType type = type(value, text);
    return mayBeNull ? Column.nullable(name, type) : Column.notNull(name, type);
  }

  private static DataType type(YamlValue value, String text) {
    try {
      return TypeParser.parse(text);
    } catch (FreshetException e) {
      throw value.place().error(e.code(), e.getMessage());
    }
  }

  /** What comes in for a column whose values are hashed. */
  private static Column hashed(Column declared, YamlValue typeValue, YamlValue maskValue) {
    if (declared.type() != Simple.VARCHAR) {
      throw typeValue.invalid(
          "Invalid type: "
              + declared.type().sql()
              + ". A hash is VARCHAR, of whatever type the values are that come in: {type:"
              + " VARCHAR, mask: {hash: "
              + declared.type().sql()
              + "}}.");
    }
    if (!maskValue.isMap()) {
      return declared;
    }
    YamlValue of = maskValue.map().require("hash");
    return new Column(declared.name(), type(of, of.text().strip()), declared.nullability());
  }

  private static Mask mask(YamlValue value) {
    if (value.isMap()) {
      YamlMap map = value.map().allow("truncate", "hash");
      if (map.keys().size() != 1) {
        throw value.invalid(
            "Invalid mask: a column has one. Write {truncate: 3} or {hash: BIGINT}.");
      }
      return map.find("truncate")
          .<Mask>map(count -> new Mask.Truncate((int) count.integer(0, TRUNCATE_MAX)))
          .orElse(Mask.Plain.HASH);
    }
    return switch (value.text()) {
      case "drop" -> Mask.Plain.DROP;
      case "null" -> Mask.Plain.NULL;
      case "hash" -> Mask.Plain.HASH;
      case "tokenize" -> Mask.Plain.TOKENIZE;
      case "truncate" ->
          throw value.invalid(
              "Invalid mask: truncate. Say how many characters stay: {truncate: 3}.");
      default ->
          throw value.invalid(
              "Invalid mask: "
                  + value.text()
                  + "."
                  + Suggestion.of(value.text(), MASKS)
                  + " Masks are: drop, null, hash, tokenize and {truncate: 3}.");
    };
  }
}
