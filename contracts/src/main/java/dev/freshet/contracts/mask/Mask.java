package dev.freshet.contracts.mask;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.Optional;

/** What becomes of the values of a column before they are written. NULL stays NULL in each. */
public sealed interface Mask {
  /** Masks without parameters. */
  enum Plain implements Mask {
    /** The column is left out. */
    DROP,
    /** Each value becomes NULL. */
    NULL,
    /** Each value becomes 64 hex digits: HMAC-SHA-256 of its text. */
    HASH,
    /** Each value becomes another of the same form, equal ones the same; see {@link TextTokens}. */
    TOKENIZE
  }

  /**
   * The first characters of a text stay.
   *
   * @param characters how many, as Unicode counts them
   */
  record Truncate(int characters) implements Mask {}

  /** The name in a contract, with its parameter. */
  default String text() {
    return switch (this) {
      case Plain.DROP -> "drop";
      case Plain.NULL -> "null";
      case Plain.HASH -> "hash";
      case Plain.TOKENIZE -> "tokenize";
      case Truncate truncate -> "truncate " + truncate.characters();
    };
  }

  /** Whether what it makes of a value depends on the project's key. */
  default boolean needsKey() {
    return this == Plain.HASH || this == Plain.TOKENIZE;
  }

  /** Whether different values stay different, so that rows can be told apart by the column. */
  default boolean tellsApart() {
    return needsKey();
  }

  /** The type of what it makes of a type; empty when it does not take that. */
  default Optional<DataType> masked(DataType type) {
    boolean takes =
        switch (this) {
          case Plain.DROP, Plain.NULL -> true;
          case Plain.HASH -> isHashed(type);
          case Plain.TOKENIZE -> isTokenized(type);
          case Truncate _ -> type == Simple.VARCHAR;
        };
    if (!takes) {
      return Optional.empty();
    }
    return Optional.of(this == Plain.HASH ? Simple.VARCHAR : type);
  }

  /** The types that it takes, for people. */
  default String takes() {
    return switch (this) {
      case Plain.DROP, Plain.NULL -> "any type";
      case Plain.HASH ->
          "VARCHAR, VARBINARY, UUID, whole numbers, DECIMAL, DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ";
      case Plain.TOKENIZE -> "VARCHAR, UUID, SMALLINT, INTEGER and BIGINT";
      case Truncate _ -> "VARCHAR";
    };
  }

  private static boolean isHashed(DataType type) {
    return switch (type) {
      case DataType.Decimal _ -> true;
      case DataType.Array _, DataType.Map _, DataType.Row _ -> false;
      case Simple simple ->
          switch (simple) {
            case VARCHAR,
                BINARY,
                UUID,
                TINYINT,
                SMALLINT,
                INTEGER,
                BIGINT,
                DATE,
                TIME,
                TIMESTAMP,
                TIMESTAMP_LTZ ->
                true;
            case BOOLEAN, REAL, DOUBLE, JSON -> false;
          };
    };
  }

  private static boolean isTokenized(DataType type) {
    return type == Simple.VARCHAR
        || type == Simple.UUID
        || type == Simple.SMALLINT
        || type == Simple.INTEGER
        || type == Simple.BIGINT;
  }
}
