package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.plan.PlanText;
import dev.freshet.sql.plan.SortKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares plans with files. {@code -Dfreshet.golden.rewrite=true} writes the files instead; review
 * the difference.
 */
class PlanGoldenTest {
  private static final Path PLANS = Path.of("src/test/resources/plans");
  private static final boolean REWRITE = Boolean.getBoolean("freshet.golden.rewrite");

  static List<Path> queries() throws IOException {
    try (Stream<Path> files = Files.list(PLANS)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }

  static List<String> statements(Path file) throws IOException {
    return Stream.of(Files.readString(file).split(";\\s*(\n|$)")).map(String::strip).toList();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void givesThePlanOfTheFile(Path file) throws IOException {
    StringBuilder actual = new StringBuilder();
    for (String sql : statements(file)) {
      actual.append(sql).append(";\n\n").append(plan(sql, file)).append('\n');
    }
    Path golden = Path.of(file.toString().replaceAll("\\.sql$", ".plan"));
    if (REWRITE) {
      Files.writeString(golden, actual);
    }
    assertThat(golden).content().isEqualTo(actual.toString());
  }

  private static String plan(String sql, Path file) {
    CompiledQuery query = new SqlCompiler(Shop.CATALOG).query(sql, file.getFileName().toString());
    String columns =
        query.plan().schema().columns().stream()
            .map(PlanGoldenTest::column)
            .collect(Collectors.joining(", "));
    StringBuilder text = new StringBuilder(PlanText.of(query.plan()));
    text.append("-- columns: ").append(columns).append('\n');
    query.key().ifPresent(key -> text.append("-- key: ").append(key).append('\n'));
    if (!query.order().isEmpty()) {
      text.append("-- order: ").append(order(query)).append('\n');
    }
    CompiledQuery model = new SqlCompiler(Shop.CATALOG).model(SourceText.of("model", sql));
    assertThat(model.columnCount()).isEqualTo(model.plan().schema().columnCount());
    return text.toString();
  }

  private static String column(Column column) {
    return column.name() + " " + column.type().sql() + (column.mayBeNull() ? "" : " NOT NULL");
  }

  private static String order(CompiledQuery query) {
    return query.order().stream()
        .map((SortKey k) -> query.plan().schema().column(k.column()).name() + " " + k.direction())
        .collect(Collectors.joining(", "));
  }
}
