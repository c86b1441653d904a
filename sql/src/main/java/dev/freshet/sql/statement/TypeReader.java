package dev.freshet.sql.statement;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.error.Tokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads a column's type. Lengths of text and binary columns and the precision of times are accepted
 * and not enforced: text is unbounded, times have microseconds.
 */
final class TypeReader {
  private static final int DEFAULT_PRECISION = 10;

  private final TokenReader tokens;

  TypeReader(TokenReader tokens) {
    this.tokens = tokens;
  }

  DataType read() {
    DataType type = single();
    while (true) {
      if (tokens.take("ARRAY")) {
        type = new DataType.Array(type);
      } else if (tokens.take("[", "]")) {
        type = new DataType.Array(type);
      } else {
        return type;
      }
    }
  }

  private DataType single() {
    Token token = tokens.next();
    return switch (token.text().toUpperCase(Locale.ROOT)) {
      case "BOOLEAN", "BOOL" -> Simple.BOOLEAN;
      case "TINYINT" -> Simple.TINYINT;
      case "SMALLINT" -> Simple.SMALLINT;
      case "INTEGER", "INT" -> Simple.INTEGER;
      case "BIGINT" -> Simple.BIGINT;
      case "REAL", "FLOAT" -> Simple.REAL;
      case "DOUBLE" -> {
        tokens.take("PRECISION");
        yield Simple.DOUBLE;
      }
      case "DECIMAL", "NUMERIC", "DEC" -> decimal(token);
      case "CHARACTER", "CHAR" -> {
        tokens.take("VARYING");
        yield withLength(Simple.VARCHAR);
      }
      case "VARCHAR" -> withLength(Simple.VARCHAR);
      case "TEXT", "STRING" -> Simple.VARCHAR;
      case "BINARY", "VARBINARY" -> withLength(Simple.BINARY);
      case "BYTES", "BYTEA" -> Simple.BINARY;
      case "DATE" -> Simple.DATE;
      case "TIME" -> {
        withLength(Simple.TIME);
        tokens.take("WITHOUT", "TIME", "ZONE");
        yield Simple.TIME;
      }
      case "TIMESTAMP" -> timestamp();
      case "TIMESTAMP_LTZ", "TIMESTAMPTZ" -> withLength(Simple.TIMESTAMP_LTZ);
      case "UUID" -> Simple.UUID;
      case "JSON", "JSONB" -> Simple.JSON;
      case "ARRAY" -> {
        tokens.expect("<");
        DataType element = read();
        tokens.expect(">");
        yield new DataType.Array(element);
      }
      case "MAP" -> {
        tokens.expect("<");
        DataType key = read();
        tokens.expect(",");
        DataType value = read();
        tokens.expect(">");
        yield new DataType.Map(key, value);
      }
      case "ROW" -> row();
      default ->
          throw tokens.error(
              ErrorCode.SQL_INVALID,
              "unknown type "
                  + token.text()
                  + ". The types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE,"
                  + " DECIMAL(p, s), VARCHAR, VARBINARY, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, UUID,"
                  + " JSON, and ARRAY<type>, MAP<key, value> and ROW(name type, ...) of them.",
              token);
    };
  }

  private DataType decimal(Token token) {
    int precision = DEFAULT_PRECISION;
    int scale = 0;
    if (tokens.take("(")) {
      precision = tokens.number("a precision");
      if (tokens.take(",")) {
        scale = tokens.number("a scale");
      }
      tokens.expect(")");
    }
    if (precision < 1 || precision > DataType.Decimal.MAX_PRECISION || scale > precision) {
      throw tokens.error(
          ErrorCode.SQL_INVALID,
          "DECIMAL("
              + precision
              + ", "
              + scale
              + ") is no type. The precision goes from 1 to 38, the scale from 0 to the precision.",
          token);
    }
    return new DataType.Decimal(precision, scale);
  }

  private DataType row() {
    String end = tokens.take("<") ? ">" : ")";
    if (end.equals(")")) {
      tokens.expect("(");
    }
    List<DataType.Row.Field> fields = new ArrayList<>();
    do {
      String name = tokens.name("a field's name");
      fields.add(new DataType.Row.Field(name, read()));
    } while (tokens.take(","));
    tokens.expect(end);
    return new DataType.Row(fields);
  }

  private DataType timestamp() {
    withLength(Simple.TIMESTAMP);
    if (tokens.take("WITH", "LOCAL", "TIME", "ZONE") || tokens.take("WITH", "TIME", "ZONE")) {
      return Simple.TIMESTAMP_LTZ;
    }
    tokens.take("WITHOUT", "TIME", "ZONE");
    return Simple.TIMESTAMP;
  }

  private DataType withLength(Simple type) {
    if (tokens.take("(")) {
      tokens.number("a length");
      tokens.expect(")");
    }
    return type;
  }
}
