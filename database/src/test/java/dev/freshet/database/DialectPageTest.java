package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.DialectPage.Block;
import dev.freshet.database.DialectPage.Example;
import dev.freshet.database.DialectPage.Part;
import dev.freshet.database.DialectPage.TypeRow;
import dev.freshet.sql.ModelFile;
import dev.freshet.sql.SqlCompiler;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs everything that docs/reference/sql.md shows, in its order, in one database; {@code
 * -Dfreshet.golden.rewrite=true} writes the results into the page.
 */
class DialectPageTest {
  private static final Pattern QUERY =
      Pattern.compile("\\s*(SELECT|WITH|VALUES|EXPLAIN)\\b.*", Pattern.DOTALL);
  private static final Pattern FUNCTION = Pattern.compile("`([A-Z][A-Z_0-9]*)[ (`]");

  @TempDir Path directory;

  @Test
  void everyExampleGivesWhatThePageShows() throws Exception {
    DialectPage page = DialectPage.read();
    List<Part> parts = page.parts();
    assertThat(parts).hasSizeGreaterThan(100);
    List<String> results = new ArrayList<>();
    try (Freshet db = Freshet.open(directory)) {
      for (Part part : parts) {
        results.add(run(db, part));
      }
    }
    if (Boolean.getBoolean("freshet.golden.rewrite")) {
      page.rewrite(results);
    }
    SoftAssertions softly = new SoftAssertions();
    List<Part> shown = DialectPage.read().parts();
    for (int i = 0; i < results.size(); i++) {
      Part part = shown.get(i);
      softly.assertThat(results.get(i)).as("%s", part).isEqualTo(expected(part));
    }
    softly.assertAll();
  }

  private static String expected(Part part) {
    return switch (part) {
      case Block block -> block.expected();
      case Example example -> example.expected();
      case TypeRow type -> type.json();
    };
  }

  /** Each query is also a view; whatever the page's later statements change, both stay equal. */
  @Test
  void everyQueryIsKeptUpToDateAsAView() throws Exception {
    Map<String, String> views = new LinkedHashMap<>();
    try (Freshet db = Freshet.open(directory)) {
      for (Part part : DialectPage.read().parts()) {
        if (!(part instanceof Block block)) {
          continue;
        }
        for (String sql : statements(block)) {
          try {
            if (!QUERY.matcher(sql).matches()) {
              db.execute(sql);
            } else if (!sql.startsWith("EXPLAIN")) {
              String view = "view_" + block.line();
              db.execute("CREATE VIEW " + view + " AS " + sql);
              views.put(view, sql);
            }
          } catch (FreshetException e) {
            // Shown on the page, and compared by the other test.
          }
        }
      }
      assertThat(views).hasSizeGreaterThan(20);
      for (Map.Entry<String, String> view : views.entrySet()) {
        if (db.errors(view.getKey()).rowCount() == 0) {
          assertThat(rows(db, "SELECT * FROM " + view.getKey()))
              .as(view.getValue())
              .isEqualTo(rows(db, view.getValue()));
        }
      }
    }
  }

  private static List<List<String>> rows(Freshet db, String query) {
    List<List<String>> rows = new ArrayList<>();
    for (Row row : db.query(query)) {
      rows.add(cells(row));
    }
    rows.sort((a, b) -> String.join("\0", a).compareTo(String.join("\0", b)));
    return rows;
  }

  @Test
  void namesEveryFunction() throws Exception {
    Set<String> named = new TreeSet<>();
    for (Part part : DialectPage.read().parts()) {
      if (part instanceof Example example) {
        Matcher matcher = FUNCTION.matcher(example.form());
        while (matcher.find()) {
          named.add(matcher.group(1));
        }
      }
    }
    Set<String> known = new TreeSet<>(SqlCompiler.functionNames());
    known.removeAll(
        Set.of("TUMBLE", "HOP", "CUMULATE", "SESSION", "GROUPING", "GROUPING_ID")); // under Queries
    assertThat(SqlCompiler.functionNames()).hasSizeGreaterThan(known.size());
    assertThat(named).containsAll(known);
    Set<String> unknown = new TreeSet<>(named);
    unknown.removeAll(known);
    assertThat(unknown)
        .as("named and not known as functions: these are operators")
        .isSubsetOf("AND", "OR", "NOT", "FALSE", "UNKNOWN", "CASE", "CEILING", "ROW");
  }

  @Test
  void theSampleRowsArrayIsGivenAsShown() throws Exception {
    List<String> samples = Samples.of("DialectPageTest");
    assertThat(samples).hasSize(1);
    assertThat(DialectPage.read().text()).contains("```java\n" + samples.getFirst() + "```");
  }

  private String run(Freshet db, Part part) {
    return switch (part) {
      case Block block -> run(db, block);
      case Example example -> value(db.query(query(example)).single());
      case TypeRow type -> run(db, type);
    };
  }

  private static String query(Example example) {
    String[] from = example.from().split(", |(?= of window)");
    return from.length == 1
        ? "SELECT " + example.expression() + " AS x FROM " + example.from()
        : "SELECT x FROM (SELECT id, "
            + example.expression()
            + " AS x FROM "
            + from[0]
            + " WINDOW w AS (ORDER BY amount)) WHERE "
            + from[1];
  }

  private String run(Freshet db, Block block) {
    String result = "";
    for (String sql : statements(block)) {
      try {
        result = QUERY.matcher(sql).matches() ? table(db.query(sql)) : changed(db, sql);
      } catch (FreshetException e) {
        result = e.code() + " " + e.getMessage();
      }
    }
    if (block.resultStart() < 0) {
      assertThat(result).as(block.sql()).doesNotContain("Invalid", "Cannot");
      return "";
    }
    return result.lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  private static String changed(Freshet db, String sql) {
    db.execute(sql);
    if (sql.startsWith("INSERT INTO sample")) {
      giveTags(db);
    }
    return "";
  }

  /** SQL cannot make arrays yet: the sample row gets its array from the page's Java. */
  private static void giveTags(Freshet db) {
    db.transaction(tx -> {
      // tour:tags
      Row row = tx.query("SELECT * FROM sample").single();
      Object[] values = row.values();
      values[7] = List.of("new", "green");
      tx.upsert("sample", values);
      // tour:end
    });
  }

  private static List<String> statements(Block block) {
    if (block.sql().startsWith("/*")) {
      return List.of(ModelFile.read(block.sql(), "model.sql").sql().sql().strip());
    }
    List<String> statements = new ArrayList<>();
    for (String statement : block.sql().split(";\\s*(\n|$)")) {
      if (!statement.isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
  }

  /** Creates a column by every name of the type, and reads back the example as a value of it. */
  private String run(Freshet db, TypeRow type) {
    List<String> names = new ArrayList<>();
    Matcher name = Pattern.compile("`([^`]+)`").matcher(type.names());
    while (name.find()) {
      names.add(name.group(1));
    }
    String table = "typed_" + type.line();
    for (int i = names.size() - 1; i >= 0; i--) {
      db.execute("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, x " + names.get(i) + ")");
      if (i > 0) {
        db.execute("DROP TABLE " + table);
      }
    }
    for (String other : names) {
      if (!other.contains("ARRAY") && !other.contains("[]")) {
        // The same names stand in CAST.
        assertThat(db.query("SELECT CAST(NULL AS " + other + ") AS x FROM " + table).rowCount())
            .as(other)
            .isZero();
      }
    }
    if (type.literal().startsWith("List.of")) {
      db.transaction(tx -> tx.insert(table, 1, List.of("a", "b")));
    } else {
      db.execute("INSERT INTO " + table + " VALUES (1, " + type.literal() + ")");
    }
    Row row = db.query("SELECT x FROM " + table).single();
    Object value = Objects.requireNonNull(row.get(0));
    String shown =
        switch (value) {
          case List<?> _ -> "List";
          case java.util.Map<?, ?> _ -> "Map";
          default -> value.getClass().getSimpleName();
        };
    assertThat(shown).as(type.names()).isEqualTo(type.java());
    StringBuilder json = new StringBuilder();
    JsonText.appendValue(json, row.schema().type(0), value);
    return json.toString();
  }

  private static String value(Row row) {
    return "`" + text(row.get(0)) + "`";
  }

  private static List<String> cells(Row row) {
    List<String> cells = new ArrayList<>();
    for (Object value : row.values()) {
      cells.add(text(value));
    }
    return cells;
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
      default -> Values.text(value);
    };
  }

  /** The rows under their names; a column whose cells all look like numbers is aligned right. */
  private static String table(QueryResult result) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(result.schema().names());
    result.forEach(row -> lines.add(cells(row)));
    int columns = lines.getFirst().size();
    StringBuilder text = new StringBuilder();
    int[] widths = new int[columns];
    boolean[] right = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int at = column;
      widths[at] = lines.stream().mapToInt(line -> line.get(at).length()).max().orElse(0);
      right[at] =
          lines.stream().skip(1).allMatch(line -> line.get(at).matches("NULL|-?[0-9.]+(E-?\\d+)?"));
    }
    for (List<String> line : lines) {
      StringBuilder out = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String padding = " ".repeat(widths[column] - line.get(column).length());
        out.append(column == 0 ? "" : "  ");
        out.append(right[column] ? padding + line.get(column) : line.get(column) + padding);
      }
      text.append(out.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
