package dev.freshet.sql.statement;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Tokens;
import dev.freshet.sql.error.Tokens.Token;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.statement.Definition.CreateTable;
import dev.freshet.sql.statement.Definition.CreateView;
import dev.freshet.sql.statement.Definition.Drop;
import dev.freshet.sql.statement.Definition.Kind;
import dev.freshet.sql.statement.Definition.Otherwise;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads CREATE TABLE, CREATE VIEW and DROP.
 *
 * <pre>
 * CREATE TABLE [IF NOT EXISTS] name (column type [NOT NULL] [PRIMARY KEY], ..., [PRIMARY KEY (column, ...)],
 *   [WATERMARK FOR column AS column - INTERVAL '5' SECOND])
 *   [WITH ('keep' = 'none', 'scan.watermark.idle-timeout' = '30 s')]
 * CREATE [OR REPLACE] [MATERIALIZED] VIEW [IF NOT EXISTS] name [(column, ...)]
 *   [WITH ('keep' = 'none', 'emit' = 'final')] AS query
 * DROP TABLE | VIEW | MATERIALIZED VIEW [IF EXISTS] name
 * </pre>
 */
public final class DefinitionReader {
  /** What column definitions of other systems may have. */
  private static final Set<String> REFUSED =
      Set.of("DEFAULT", "REFERENCES", "CHECK", "UNIQUE", "GENERATED", "COLLATE", "AUTO_INCREMENT");

  private final TokenReader tokens;

  private DefinitionReader(SourceText source) {
    this.tokens = new TokenReader(source);
  }

  /**
   * The definition that the text is; empty when it is another statement.
   *
   * @throws SqlException when it starts as a definition and is none
   */
  public static Optional<Definition> read(SourceText source) {
    DefinitionReader reader = new DefinitionReader(source);
    if (reader.tokens.take("CREATE")) {
      return Optional.of(reader.create());
    }
    return reader.tokens.take("DROP") ? Optional.of(reader.drop()) : Optional.empty();
  }

  /** The query of an EXPLAIN, at its place; empty when the text is none. */
  public static Optional<SourceText> explained(SourceText source) {
    TokenReader tokens = new TokenReader(source);
    if (!tokens.take("EXPLAIN")) {
      return Optional.empty();
    }
    tokens.take("PLAN", "FOR");
    return Optional.of(tokens.rest());
  }

  private Definition create() {
    Otherwise otherwise = tokens.take("OR", "REPLACE") ? Otherwise.REPLACE : Otherwise.FAIL;
    if (otherwise == Otherwise.FAIL && tokens.take("TABLE")) {
      return table();
    }
    tokens.take("MATERIALIZED");
    if (!tokens.take("VIEW")) {
      throw tokens.unexpected(tokens.peek(), "TABLE or VIEW");
    }
    if (tokens.take("IF", "NOT", "EXISTS")) {
      otherwise = Otherwise.IGNORE;
    }
    String name = tokens.name("a view's name");
    Optional<List<String>> columns =
        tokens.peek().is("(") ? Optional.of(names()) : Optional.empty();
    Emit emit = Emit.CHANGES;
    Keep keep = Keep.ALL;
    for (Options.Option option : Options.read(tokens)) {
      switch (option.name().toLowerCase(Locale.ROOT)) {
        case "emit" -> emit = emit(option);
        case "keep" -> keep = Options.keep(tokens, option);
        default ->
            throw tokens.error(
                ErrorCode.SQL_INVALID,
                "a view has the options 'emit' and 'keep' only.",
                option.place());
      }
    }
    tokens.expect("AS");
    return new CreateView(name, columns, emit, keep, tokens.rest(), otherwise);
  }

  private Emit emit(Options.Option option) {
    return switch (option.value().toLowerCase(Locale.ROOT)) {
      case "final" -> Emit.FINAL;
      case "changes" -> Emit.CHANGES;
      default ->
          throw tokens.error(
              ErrorCode.SQL_INVALID, "emit is 'changes' or 'final'.", option.place());
    };
  }

  private Definition drop() {
    tokens.take("MATERIALIZED");
    Kind kind;
    if (tokens.take("TABLE")) {
      kind = Kind.TABLE;
    } else if (tokens.take("VIEW")) {
      kind = Kind.VIEW;
    } else {
      throw tokens.unexpected(tokens.peek(), "TABLE or VIEW");
    }
    Otherwise otherwise = tokens.take("IF", "EXISTS") ? Otherwise.IGNORE : Otherwise.FAIL;
    String name = tokens.name("a name");
    tokens.end();
    return new Drop(kind, name, otherwise);
  }

  private CreateTable table() {
    Otherwise otherwise = tokens.take("IF", "NOT", "EXISTS") ? Otherwise.IGNORE : Otherwise.FAIL;
    String name = tokens.name("a table's name");
    tokens.expect("(");
    List<Column> columns = new ArrayList<>();
    List<String> key = new ArrayList<>();
    WatermarkReader watermarks = new WatermarkReader(tokens);
    Optional<Watermark> watermark = Optional.empty();
    do {
      Token start = tokens.peek();
      if (tokens.take("CONSTRAINT")) {
        tokens.name("a constraint's name");
      }
      if (tokens.take("PRIMARY", "KEY")) {
        addKey(key, names(), start);
      } else if (tokens.take("WATERMARK", "FOR")) {
        watermark = Optional.of(watermarks.read(start, watermark));
      } else {
        columns.add(column(key, columns));
      }
      tokens.take("NOT", "ENFORCED");
    } while (tokens.take(","));
    Token end = tokens.expect(")");
    Schema schema = schema(columns, key, end);
    Keep keep = Keep.ALL;
    for (Options.Option option : Options.read(tokens)) {
      if (option.name().equalsIgnoreCase("keep")) {
        keep = Options.keep(tokens, option);
      } else if (!watermarks.take(option)) {
        throw tokens.error(
            ErrorCode.SQL_INVALID,
            "a table has the options 'keep', 'scan.watermark.idle-timeout' and"
                + " 'scan.watermark.max-ahead' only.",
            option.place());
      }
    }
    watermark = watermarks.complete(watermark, schema, end);
    if (keep == Keep.NONE && !key.isEmpty()) {
      throw tokens.error(
          ErrorCode.SQL_INVALID,
          "a table that keeps no rows has no PRIMARY KEY: it cannot tell which keys are there.",
          end);
    }
    tokens.end();
    return new CreateTable(name, schema, List.copyOf(key), watermark, keep, otherwise);
  }

  private Column column(List<String> key, List<Column> before) {
    Token start = tokens.peek();
    String name = tokens.name("a column's name");
    if (before.stream().anyMatch(column -> column.name().equals(name))) {
      throw tokens.error(ErrorCode.SQL_INVALID, "column " + name + " is there twice.", start);
    }
    DataType type = new TypeReader(tokens).read();
    Column column = Column.nullable(name, type);
    while (true) {
      Token at = tokens.peek();
      if (tokens.take("NOT", "NULL")) {
        column = Column.notNull(name, type);
      } else if (tokens.take("PRIMARY", "KEY")) {
        addKey(key, List.of(name), at);
        column = Column.notNull(name, type);
      } else if (at.kind() == Tokens.Kind.WORD
          && REFUSED.contains(at.text().toUpperCase(Locale.ROOT))) {
        throw tokens.error(
            ErrorCode.SQL_UNSUPPORTED,
            at.text()
                + " is not there yet: a column has a type, NOT NULL and PRIMARY KEY. One that an"
                + " INSERT leaves out is NULL.",
            at);
      } else if (!tokens.take("NULL")) {
        return column;
      }
    }
  }

  private void addKey(List<String> key, List<String> columns, Token at) {
    if (!key.isEmpty()) {
      throw tokens.error(ErrorCode.SQL_INVALID, "a table has one primary key.", at);
    }
    key.addAll(columns);
  }

  private List<String> names() {
    tokens.expect("(");
    List<String> names = new ArrayList<>();
    do {
      names.add(tokens.name("a column's name"));
    } while (tokens.take(","));
    tokens.expect(")");
    return names;
  }

  /** Columns of the key are never NULL. */
  private Schema schema(List<Column> columns, List<String> key, Token end) {
    if (columns.isEmpty()) {
      throw tokens.error(ErrorCode.SQL_INVALID, "a table has at least one column.", end);
    }
    List<Column> result = new ArrayList<>();
    for (Column column : columns) {
      result.add(
          key.contains(column.name()) ? Column.notNull(column.name(), column.type()) : column);
    }
    for (String name : key) {
      if (columns.stream().noneMatch(column -> column.name().equals(name))) {
        throw tokens.error(
            ErrorCode.SQL_INVALID, "the primary key names the unknown column " + name + ".", end);
      }
    }
    return new Schema(result);
  }
}
