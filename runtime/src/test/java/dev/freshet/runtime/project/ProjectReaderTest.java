package dev.freshet.runtime.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.workers.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectReaderTest {
  @TempDir Path directory;

  @BeforeEach
  void writeAProject() throws IOException {
    write("freshet.yaml", "name: shop\nenvironments:\n  prod:\n    serve: {port: 80}\n");
    write(
        "sources/shop.yaml",
        "kind: postgres\nurl: ${URL:-postgres://localhost/shop}\ntables: [public.orders]\n");
    write(
        "contracts/orders.yaml",
        "key: [id]\ncolumns:\n  id: BIGINT\n  total: {type: 'DECIMAL(12, 2)', nullable: false}\n  note: VARCHAR\n");
    write(
        "models/gold/revenue.sql",
        "/*\ndescription: Revenue\nkey: [day]\nfreshness: 15m\n*/\nSELECT 1 AS day\n");
  }

  @Test
  void readsAllParts() {
    Project project = read(Map.of("URL", "postgres://db/shop"));

    assertThat(project.settings().name()).isEqualTo("shop");
    assertThat(project.settings().state()).isEqualTo(directory.resolve(".freshet"));
    SourceSettings source = project.sources().get("shop");
    assertThat(source).isNotNull();
    assertThat(source.details().require("url").text()).isEqualTo("postgres://db/shop");
    assertThat(source.tables())
        .containsExactly(
            new SourceSettings.TableSelection(
                "public.orders", "orders", Optional.empty(), Keep.ALL));
    assertThat(project.contracts().get("orders").schema().columns())
        .containsExactly(
            Column.notNull("id", Simple.BIGINT),
            Column.notNull("total", new DataType.Decimal(12, 2)),
            Column.nullable("note", Simple.VARCHAR));
    ModelDefinition model = project.models().get(0);
    assertThat(model.name()).isEqualTo("revenue");
    assertThat(model.layer()).isEqualTo("gold");
    assertThat(model.freshness()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void letsAnEnvironmentOverrideSettings() {
    assertThat(ProjectReader.read(directory, Map.of(), "prod").settings().servePort())
        .isEqualTo(80);
  }

  @Test
  void keepsTheLogAsLongAsTheProjectSays() throws IOException {
    Settings unsaid = read(Map.of()).settings();
    assertThat(unsaid.logRetention()).isEqualTo(Duration.ofDays(7));
    assertThat(unsaid.logRetentionBytes()).isEqualTo(16L << 30);
    write("freshet.yaml", "name: shop\nlog: {retention: 2h, retention-bytes: 64MiB}\n");
    Settings said = read(Map.of()).settings();
    assertThat(said.logRetention()).isEqualTo(Duration.ofHours(2));
    assertThat(said.logRetentionBytes()).isEqualTo(64L << 20);
    assertThat(said.withPort(1).withState(directory).logRetentionBytes()).isEqualTo(64L << 20);
  }

  @Test
  void keepsAsMuchOfTheDiskFreeAsTheProjectSays() throws IOException {
    assertThat(read(Map.of()).settings().keptFreeBytes()).isEqualTo(256L << 20);
    write("freshet.yaml", "name: shop\nlog: {keep-free: 2GiB}\n");
    assertThat(read(Map.of()).settings().withPort(1).keptFreeBytes()).isEqualTo(2L << 30);
  }

  @Test
  void sharesStepsAmongAsManyWorkersAsTheProjectSays() throws IOException {
    assertThat(read(Map.of()).settings().engineWorkers()).isEqualTo(WorkerSettings.ofCores());
    write("freshet.yaml", "name: shop\nengine: {workers: 3}\n");
    Settings said = read(Map.of()).settings();
    assertThat(said.engineWorkers()).isEqualTo(WorkerSettings.of(3));
    assertThat(said.withPort(1).withState(directory).engineWorkers().count()).isEqualTo(3);
    write("freshet.yaml", "name: shop\nengine: {workers: 0}\n");
    assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("workers");
  }

  @Test
  void pointsAtAMisspeltSetting() throws IOException {
    write("models/gold/revenue.sql", "/*\nfreshnes: 1s\n*/\nSELECT 1 AS day\n");
    assertThatThrownBy(() -> read(Map.of()))
        .hasMessage(
            """
            Invalid setting: freshnes. Did you mean freshness? Settings here are: description, owner, key, freshness, emit, keep.
              at models/gold/revenue.sql:2:1
              | freshnes: 1s
              | ^\
            """);
  }

  @Test
  void pointsAtBrokenYaml() throws IOException {
    write("freshet.yaml", "name: shop\n  state: x\n");
    assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("at freshet.yaml:2:8");
  }

  @Test
  void pointsAtAnUnknownType() throws IOException {
    write("contracts/orders.yaml", "key: [id]\ncolumns:\n  id: BIGIN\n");
    assertThatThrownBy(() -> read(Map.of()))
        .hasMessageStartingWith("Invalid type: BIGIN.")
        .hasMessageContaining("at contracts/orders.yaml:3:7");
  }

  @Test
  void namesAVariableThatIsNotSet() throws IOException {
    write("freshet.yaml", "name: ${SHOP_NAME}\n");
    assertThatThrownBy(() -> read(Map.of()))
        .hasMessageContaining("Cannot resolve variable: SHOP_NAME. Set it in the environment")
        .hasMessageContaining("at freshet.yaml:1:7");
  }

  @Test
  void refusesAModelNamedLikeATable() throws IOException {
    write("models/gold/orders.sql", "SELECT 1 AS day\n");
    assertThatThrownBy(() -> read(Map.of()))
        .hasMessageContaining("Invalid model name: orders is taken by source shop");
  }

  @Test
  void saysWhereThereIsNoProject() {
    assertThatThrownBy(() -> ProjectReader.read(directory.resolve("models"), Map.of(), ""))
        .hasMessageContaining("there is no freshet.yaml in");
  }

  private Project read(Map<String, String> environment) {
    return ProjectReader.read(directory, environment, "");
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
