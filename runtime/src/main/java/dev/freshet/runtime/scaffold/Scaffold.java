package dev.freshet.runtime.scaffold;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.dialect.ReservedWords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files of a new project. */
public final class Scaffold {
  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]+");

  private Scaffold() {}

  /** Writes a project without sources, ready to be filled. Returns the paths written. */
  public static List<String> empty(Path folder) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("freshet.yaml", mainFile(projectName(folder)));
    files.put(
        "sources/README.md",
        """
        One YAML file a source. For PostgreSQL, save this as `shop.yaml`:

            kind: postgres
            url: postgres://user@127.0.0.1:5432/shop
            password: ${SHOP_DATABASE_PASSWORD}
            tables: [public.orders, public.customers]

        MariaDB and MySQL alike, with `kind: mysql`, `url: mariadb://user@127.0.0.1:3306/shop`, and their driver in `drivers`.

        For rows that programs post over HTTP, save this as `web.yaml`, and write a contract for each table:

            kind: http
            tables: [page_views, visitors]

        For files that come into a folder, save this as `inbox.yaml`, and write a contract for each table:

            kind: files
            path: ../inbox
            tables: [orders, {name: "people/*.jsonl", as: customers}]
        """);
    files.put(
        "contracts/README.md",
        """
        One YAML file a table: `orders.yaml` promises the columns and key of table `orders`.

        A column whose values are not to be written anywhere here gets a mask: `email: {type: VARCHAR, mask: hash}`.
        """);
    files.put(
        "models/silver/README.md",
        "One SELECT a file; the file's name is the model's name. Silver models clean, gold models answer.\n");
    files.put("models/gold/README.md", "One SELECT a file; the file's name is the model's name.\n");
    FolderWriter.write(folder, files);
    return List.copyOf(files.keySet());
  }

  /**
   * A source of a database.
   *
   * @param kind of source, such as {@code postgres}
   * @param url the database's address without its password
   * @param tls how the connection is encrypted, as the kind has it; empty when that is not said
   * @param drivers the folder with its driver, as seen from the project; empty for the usual ones
   */
  public record DatabaseSource(String kind, String name, String url, String tls, String drivers) {}

  /**
   * Writes a project for the tables that a database holds.
   *
   * @param found its tables; those without a key are left out and named in a comment
   * @param unnameable tables that a source cannot name, which are left out and named likewise
   * @return the paths written
   */
  public static List<String> fromDatabase(
      Path folder, DatabaseSource source, List<FoundTable> found, List<String> unnameable) {
    List<FoundTable> tables = found.stream().filter(table -> !table.key().isEmpty()).toList();
    List<FoundTable> keyless = found.stream().filter(table -> table.key().isEmpty()).toList();
    if (tables.isEmpty()) {
      throw new FreshetException(
          ErrorCode.TABLE_WITHOUT_KEY,
          "Cannot make a project: "
              + source.url()
              + " has no table with a primary key that this user may read. Add keys, or connect"
              + " as another user.");
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put("freshet.yaml", mainFile(projectName(folder)));
    files.put(
        "sources/" + source.name() + ".yaml", sourceFile(source, tables, keyless, unnameable));
    for (FoundTable table : tables) {
      files.put("contracts/" + table.name() + ".yaml", contractFile(table));
    }
    starterModels(files, tables);
    FolderWriter.write(folder, files);
    return List.copyOf(files.keySet());
  }

  /** Counts of rows, and of rows per day. */
  static void starterModels(Map<String, String> files, List<FoundTable> tables) {
    Set<String> taken = new HashSet<>();
    tables.forEach(table -> taken.add(table.name().toLowerCase(Locale.ROOT)));
    files.put(modelFile("row_counts", taken), rowCounts(tables));
    for (FoundTable table : tables) {
      timeColumn(table)
          .ifPresent(column ->
              files.put(modelFile(table.name() + "_per_day", taken), perDay(table, column)));
    }
  }

  /** A table of the same name keeps its own. */
  private static String modelFile(String wanted, Set<String> taken) {
    String name = wanted;
    for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
      name = wanted + "_" + number;
    }
    return "models/gold/" + name + ".sql";
  }

  /** The environment variable that a source of this name reads its password from. */
  public static String passwordVariable(String source) {
    String name = source.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_PASSWORD";
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }

  static String projectName(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "project" : name.toString();
  }

  static String mainFile(String name) {
    return """
    name: %s

    # Where log, checkpoints and lake live.
    state: .freshet

    serve:
      host: 127.0.0.1
      port: 8790

    defaults:
      freshness: 1s
    """
        .formatted(YamlText.of(name));
  }

  private static String sourceFile(
      DatabaseSource source,
      List<FoundTable> tables,
      List<FoundTable> keyless,
      List<String> unnameable) {
    StringBuilder out = new StringBuilder();
    out.append("kind: ").append(source.kind()).append('\n');
    out.append("url: ").append(YamlText.of(source.url())).append('\n');
    if (!source.tls().isEmpty()) {
      out.append("tls: ").append(source.tls()).append('\n');
    }
    if (!source.drivers().isEmpty()) {
      out.append("drivers: ").append(YamlText.of(source.drivers())).append('\n');
    }
    out.append("# Set this variable in the environment; nothing secret stands in files.\n");
    out.append("password: ${").append(passwordVariable(source.name())).append(":-}\n");
    out.append("tables:\n");
    for (FoundTable table : tables) {
      out.append("  - ").append(tableEntry(table)).append('\n');
    }
    for (FoundTable table : keyless) {
      out.append("  # ")
          .append(YamlText.comment(table.sourceName()))
          .append(" has no primary key: add one to capture it\n");
    }
    for (String name : unnameable) {
      out.append("  # ")
          .append(YamlText.comment(name))
          .append(" cannot be named here, nor its key: rename it to capture it\n");
    }
    return out.toString();
  }

  private static String tableEntry(FoundTable table) {
    String last = table.sourceName().substring(table.sourceName().lastIndexOf('.') + 1);
    return last.equals(table.name())
        ? YamlText.of(table.sourceName())
        : "{name: " + YamlText.of(table.sourceName()) + ", as: " + YamlText.of(table.name()) + "}";
  }

  static String contractFile(FoundTable table) {
    StringBuilder out = new StringBuilder();
    out.append("description: ")
        .append(YamlText.of("As found in " + table.sourceName()))
        .append('\n');
    if (!table.key().isEmpty()) {
      out.append("key: [").append(keyColumns(table)).append("]\n");
    }
    out.append("columns:\n");
    for (Column column : table.schema().columns()) {
      out.append("  ").append(YamlText.key(column.name())).append(": ").append(column.type().sql());
      out.append(column.mayBeNull() ? "\n" : " NOT NULL\n");
    }
    return out.toString();
  }

  private static String keyColumns(FoundTable table) {
    return table.key().stream().map(YamlText::key).collect(Collectors.joining(", "));
  }

  private static String rowCounts(List<FoundTable> tables) {
    List<String> selects = new ArrayList<>();
    for (FoundTable table : tables) {
      selects.add(
          "SELECT '"
              + table.name()
              + "' AS table_name, COUNT(*) AS row_count FROM "
              + identifier(table.name()));
    }
    return """
    /*
    description: How many rows each table has
    key: [table_name]
    */
    """
        + String.join("\nUNION ALL\n", selects)
        + "\n";
  }

  private static Optional<Column> timeColumn(FoundTable table) {
    return table.schema().columns().stream()
        .filter(
            column -> column.type() == Simple.TIMESTAMP || column.type() == Simple.TIMESTAMP_LTZ)
        .findFirst();
  }

  private static String perDay(FoundTable table, Column column) {
    String day = "CAST(" + identifier(column.name()) + " AS DATE)";
    return """
    /*
    description: Rows of %s per day%s
    key: [event_day]
    */
    SELECT %s AS event_day, COUNT(*) AS row_count
    FROM %s
    WHERE %s IS NOT NULL
    GROUP BY %s
    """
        .formatted(
            table.name(),
            WORD.matcher(column.name()).matches() ? " of " + column.name() : "",
            day,
            identifier(table.name()),
            identifier(column.name()),
            day);
  }

  private static String identifier(String name) {
    boolean isPlain = PLAIN_NAME.matcher(name).matches() && !ReservedWords.contains(name);
    return isPlain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
