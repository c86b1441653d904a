package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of a source that is posted to, and the mistakes in them. */
class HttpSourceFilesTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeTheProject() throws IOException {
    write("freshet.yaml", "name: web\n");
    write("contracts/clicks.yaml", "columns: {page: VARCHAR}\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<String> check() {
    return ProjectCheck.run(ProjectReader.read(directory, Map.of(), ""));
  }

  @Test
  void passTheCheckThatTouchesNothing() throws IOException {
    write("sources/web.yaml", "kind: http\ntables: [clicks]\nidempotency-window: 1h\n");
    assertThat(check())
        .containsExactly(
            "source web: reachable, 1 tables can be captured",
            "  rows of clicks are posted to /v1/ingest/clicks");
    assertThat(directory.resolve(".freshet")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-request-bytes: 64MiB      | Invalid max-request-bytes: 64MiB. It goes from 1 to 16777216 bytes.
          max-waiting-bytes: 1MiB       | Invalid max-waiting-bytes: 1MiB. It goes from 8388608 to
          unknown-fields: drop          | Invalid unknown-fields: drop. It is refuse or ignore.
          idempotency-window: long      | Write a number and a unit, such as 100ms, 1s, 15m, 2h or 1d.
          max-idempotency-keys: 0       | It takes a whole number from 1 to 10000000.
          max-idempotency-keys: 10000001 | It takes a whole number from 1 to 10000000.
          idempotency-windw: 1h         | Invalid setting: idempotency-windw. Did you mean idempotency-window?
          """)
  void nameWhatIsWrongAndWhere(String setting, String message) throws IOException {
    write("sources/web.yaml", "kind: http\ntables: [clicks]\n" + setting + "\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining("sources/web.yaml:3")
        .hasMessageContaining(message);
  }

  @Test
  void needAContractAndOneNameForEachTable() throws IOException {
    write("sources/web.yaml", "kind: http\ntables: [clicks, views]\n");
    assertThatThrownBy(this::check).hasMessageContaining("contracts/views.yaml");
    write("sources/web.yaml", "kind: http\ntables: [web.clicks]\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining("Invalid table: web.clicks. A table that is posted to has one name");
  }

  @Test
  void allowATableWithoutKeyOnlyWhereRowsAreAdded() throws IOException {
    write(
        "sources/web.yaml", "kind: postgres\nurl: postgres://u@127.0.0.1:1/d\ntables: [clicks]\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining("contracts/clicks.yaml: the table has no key");
    write("sources/web.yaml", "kind: nope\ntables: [clicks]\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining("Invalid kind of source: nope. Kinds are: postgres, http, ")
        .hasMessageContaining("jdbc-poll");
  }
}
