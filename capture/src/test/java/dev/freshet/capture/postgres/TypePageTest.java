package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of types in docs/reference/sql.md says what PostgreSQL's types become here. */
class TypePageTest {
  private static final Pattern ROW = Pattern.compile("\\| `([A-Z_]+)[^|]*\\|([^|]*)\\|.*");
  private static final Pattern NAME = Pattern.compile("`([a-z0-9]+)`");

  @Test
  void thePagesPostgresTypesBecomeWhatItSays() throws Exception {
    int checked = 0;
    for (String line : tableOfTypes()) {
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        continue;
      }
      Matcher name = NAME.matcher(row.group(2));
      while (name.find()) {
        ColumnType type = Objects.requireNonNull(TypeCatalog.byName(name.group(1), -1), line);
        assertThat(type.type().sql()).as(name.group(1)).startsWith(row.group(1));
        checked++;
      }
    }
    assertThat(checked).isEqualTo(22);
  }

  private static List<String> tableOfTypes() throws IOException {
    List<String> page = Files.readAllLines(Path.of("..", "docs", "reference", "sql.md"));
    return page.stream()
        .dropWhile(line -> !line.startsWith("| type | PostgreSQL |"))
        .takeWhile(line -> !line.isBlank())
        .toList();
  }
}
