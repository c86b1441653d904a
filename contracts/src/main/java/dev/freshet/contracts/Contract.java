package dev.freshet.contracts;

import dev.freshet.contracts.mask.Mask;
import dev.freshet.contracts.mask.Masking;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a captured table promises to all that read it.
 *
 * @param table the table's name in Freshet
 * @param schema its columns; those marked NOT NULL never hold NULL
 * @param key the columns that identify a row, all NOT NULL; empty where rows are only added, which
 *     its source must allow
 * @param description for people; may be empty
 * @param owner who answers for the table; may be empty
 * @param watermark how late rows may be by one of the columns, if anything is known of it
 * @param keep which of its rows are kept
 * @param masking what becomes of values before they are written; the schema is what is left
 */
public record Contract(
    String table,
    Schema schema,
    List<String> key,
    String description,
    String owner,
    Optional<Watermark> watermark,
    Keep keep,
    Masking masking) {
  /** A contract without masks. */
  public Contract(
      String table,
      Schema schema,
      List<String> key,
      String description,
      String owner,
      Optional<Watermark> watermark,
      Keep keep) {
    this(table, schema, key, description, owner, watermark, keep, Masking.NONE);
  }

  /** A contract that says nothing of the order of rows. */
  public Contract(String table, Schema schema, List<String> key, String description, String owner) {
    this(table, schema, key, description, owner, Optional.empty(), Keep.ALL);
  }

  public Contract {
    key = List.copyOf(key);
    for (String column : key) {
      requireKeyColumn(table, schema, masking, column);
    }
    watermark.ifPresent(declared -> requireTime(table, schema, masking, declared.column()));
  }

  private static void requireKeyColumn(
      String table, Schema schema, Masking masking, String column) {
    Mask mask = masking.masks().get(column);
    if (mask != null && !mask.tellsApart()) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid mask: column "
              + column
              + " of table "
              + table
              + " is of the key, and mask "
              + mask.text()
              + " would make different rows the same. Use hash or tokenize.");
    }
    if (schema.indexOf(column) < 0) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid contract: key column "
              + column
              + " of table "
              + table
              + " is not among its columns "
              + schema.names()
              + ".");
    }
  }

  private static void requireTime(String table, Schema schema, Masking masking, String column) {
    if (masking.masks().containsKey(column)) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid watermark: column "
              + column
              + " of table "
              + table
              + " is masked. Take a column without a mask.");
    }
    if (!isTime(schema, column)) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid watermark: column "
              + column
              + " of table "
              + table
              + " is no TIMESTAMP. Its columns are "
              + schema.columns().stream()
                  .map(each -> each.name() + " " + each.type().sql())
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }

  private static boolean isTime(Schema schema, String column) {
    int index = schema.indexOf(column);
    return index >= 0
        && (schema.type(index) == Simple.TIMESTAMP || schema.type(index) == Simple.TIMESTAMP_LTZ);
  }

  /** The same contract with a watermark. */
  public Contract with(Watermark declared) {
    return new Contract(
        table, schema, key, description, owner, Optional.of(declared), keep, masking);
  }

  /** The same contract for a table of which such rows are kept. */
  public Contract with(Keep newKeep) {
    return new Contract(table, schema, key, description, owner, watermark, newKeep, masking);
  }

  /** The same contract for a table with these masks, and the columns that they leave. */
  public Contract with(Masking masks) {
    return new Contract(table, masks.masked(), key, description, owner, watermark, keep, masks);
  }

  /**
   * What the source is to deliver: the same contract with the columns as they come in. That the
   * table has masks stays known, since what is refused must not quote its values.
   */
  public Contract received() {
    return masking.isEmpty()
        ? this
        : new Contract(
            table, masking.received(), key, description, owner, watermark, keep, masking);
  }

  /**
   * Refuses a table whose rows nothing tells apart.
   *
   * @throws FreshetException {@link ErrorCode#TABLE_WITHOUT_KEY}
   */
  public Contract requireKey() {
    if (key.isEmpty() && keep == Keep.ALL) {
      throw new FreshetException(
          ErrorCode.TABLE_WITHOUT_KEY,
          "Invalid contract: contracts/"
              + table
              + ".yaml: the table has no key. Name the columns that identify a row: key: [id].");
    }
    return this;
  }

  /** Positions of the key's columns in the schema. */
  public int[] keyColumns() {
    return key.stream().mapToInt(schema::indexOf).toArray();
  }
}
