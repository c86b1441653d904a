package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.error.SqlException;
import org.junit.jupiter.api.Test;

class ModelFileTest {
  private static final String TEXT =
      """

      /*
      key: [id]
      */
      SELECT id,
        amuont
      FROM orders;
      """;

  @Test
  void splitsTheSettingsFromTheQuery() {
    ModelFile file = ModelFile.read(TEXT, "models/a.sql");
    ModelFile.Settings settings = file.settings().orElseThrow();
    assertThat(settings.text()).isEqualTo("\nkey: [id]\n");
    assertThat(settings.lineOffset()).isEqualTo(1);
    assertThat(file.sql().sql().strip()).isEqualTo("SELECT id,\n  amuont\nFROM orders");
  }

  @Test
  void errorsPointIntoTheFile() {
    ModelFile file = ModelFile.read(TEXT, "models/a.sql");
    assertThatThrownBy(() -> new SqlCompiler(Shop.CATALOG).model(file.sql()))
        .isInstanceOfSatisfying(
            SqlException.class,
            e -> {
              assertThat(e.line()).isEqualTo(6);
              assertThat(e.column()).isEqualTo(3);
              assertThat(e.file()).isEqualTo("models/a.sql");
            })
        .hasMessage(
            """
            models/a.sql:6:3: Invalid SQL: unknown column amuont. Did you mean amount?
                amuont
                ^^^^^^\
            """);
  }

  @Test
  void theQueryMayStartOnTheCommentsLastLine() {
    ModelFile file = ModelFile.read("/* key: [id] */ SELECT idd FROM orders", "a.sql");
    assertThatThrownBy(() -> new SqlCompiler(Shop.CATALOG).model(file.sql()))
        .hasMessageStartingWith("a.sql:1:24: ");
  }

  @Test
  void aFileNeedsNoSettings() {
    ModelFile file = ModelFile.read("SELECT id FROM orders", "a.sql");
    assertThat(file.settings()).isEmpty();
    assertThat(new SqlCompiler(Shop.CATALOG).model(file.sql()).key()).isPresent();
  }

  @Test
  void refusesACommentThatDoesNotEnd() {
    assertThatThrownBy(() -> ModelFile.read("\n/* key: [id]\nSELECT 1", "a.sql"))
        .isInstanceOf(FreshetException.class)
        .hasMessage(
            "Invalid model file: a.sql:2: the comment with the settings does not end. Close it with"
                + " */ before the SELECT.");
  }
}
