package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.sql.error.SqlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Compares the whole messages of wrong queries with a file; {@code -Dfreshet.golden.rewrite=true}
 * writes it.
 */
class SqlErrorsTest {
  private static final Path QUERIES = Path.of("src/test/resources/errors/errors.sql");
  private static final Path GOLDEN = Path.of("src/test/resources/errors/errors.txt");

  @Test
  void givesTheMessagesOfTheFile() throws IOException {
    StringBuilder actual = new StringBuilder();
    for (String sql : Files.readString(QUERIES).split("\n---\n")) {
      actual.append(message(sql.strip())).append("\n\n");
    }
    if (Boolean.getBoolean("freshet.golden.rewrite")) {
      Files.writeString(GOLDEN, actual);
    }
    assertThat(GOLDEN).content().isEqualTo(actual.toString());
  }

  private static String message(String sql) {
    try {
      CompiledQuery query = new SqlCompiler(Shop.CATALOG).query(sql, "query");
      return "accepted: " + sql + "\n" + query.plan();
    } catch (SqlException e) {
      return e.code() + " " + e.getMessage();
    }
  }

  @Test
  void speaksOfNoInternals() throws IOException {
    assertThat(Files.readString(GOLDEN).toLowerCase())
        .doesNotContain(
            "accepted", "calcite", "org.apache", "rel#", "sqlnode", "java.", "exception");
  }
}
