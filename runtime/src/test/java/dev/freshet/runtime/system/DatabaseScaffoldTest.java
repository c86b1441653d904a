package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Projects made from a real PostgreSQL whose names nobody would choose. */
@Timeout(120)
class DatabaseScaffoldTest {
  @TempDir private static Path serverFolder;
  private static EmbeddedPostgres server;

  @TempDir private Path folder;

  @BeforeAll
  static void startServer() {
    server = EmbeddedPostgres.start(serverFolder, PostgresOptions.fast());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static void database(String name, String... statements) throws SQLException {
    server.createDatabase(name);
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> filesUnder(Path root) throws IOException {
    try (Stream<Path> found = Files.walk(root)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void writesNothingOutsideTheProjectWhateverTablesAreCalled() throws Exception {
    database(
        "hostile",
        "CREATE TABLE \"../../escaped\" (id BIGINT PRIMARY KEY, at TIMESTAMP)",
        "CREATE TABLE \"/rooted\" (id BIGINT PRIMARY KEY)",
        "CREATE TABLE \"..\" (id BIGINT PRIMARY KEY)");
    Path made = folder.resolve("deep/down/made");
    Files.createDirectories(made.getParent());
    Files.writeString(folder.resolve("deep/escaped.yaml"), "mine");
    DatabaseScaffold.write(made, server.uriWithPassword("hostile"), Map.of());
    assertThat(filesUnder(folder))
        .containsExactly(
            "deep/down/made/contracts/escaped.yaml",
            "deep/down/made/contracts/rooted.yaml",
            "deep/down/made/contracts/table.yaml",
            "deep/down/made/freshet.yaml",
            "deep/down/made/models/gold/escaped_per_day.sql",
            "deep/down/made/models/gold/row_counts.sql",
            "deep/down/made/sources/hostile.yaml",
            "deep/escaped.yaml");
    assertThat(folder.resolve("deep/escaped.yaml")).hasContent("mine");
    assertCaptures(made, "hostile", 3);
  }

  @Test
  void readsBackTheTablesWhoseNamesMeanSomethingInYaml() throws Exception {
    List<String> names =
        List.of(
            "a: b",
            "{c",
            "d # e",
            "it's",
            "say \"hi\"",
            "back\\slash",
            "line\nbreak: x",
            "null",
            "two words",
            "Größe",
            "a/b",
            "x.y",
            " padded ",
            "- item",
            "1");
    List<String> statements = new ArrayList<>();
    for (String name : names) {
      statements.add(
          "CREATE TABLE \"%s\" (id BIGINT, \"%s\" TEXT, \"the */ day\" TIMESTAMP, PRIMARY KEY (id, \"%s\"))"
              .formatted(quoted(name), quoted(name), quoted(name)));
      statements.add("CREATE TABLE \"%s\" (id BIGINT)".formatted(quoted("keyless " + name)));
    }
    database("odd", statements.toArray(String[]::new));
    Path made = folder.resolve("made");
    DatabaseScaffold.write(made, server.uriWithPassword("odd"), Map.of());
    Project project = assertCaptures(made, "odd", names.size());
    assertThat(project.sources().get("odd").tables())
        .extracting(TableSelection::sourceName)
        .containsExactlyInAnyOrderElementsOf(names.stream().map(name -> "public." + name).toList());
    assertThat(project.sources().get("odd").tables())
        .extracting(TableSelection::table)
        .doesNotHaveDuplicates()
        .contains("two words", "Größe", "null", "1", "a_b", "public_a_b", "x_y", "line_break_x");
  }

  private static String quoted(String name) {
    return name.replace("\"", "\"\"");
  }

  @Test
  void givesEachTableANameOfItsOwn() throws Exception {
    database(
        "doubled",
        "CREATE SCHEMA archive",
        "CREATE TABLE archive.orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE archive.\"x/y\" (id BIGINT PRIMARY KEY)",
        "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE public_orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE x_y (id BIGINT PRIMARY KEY)");
    Path made = folder.resolve("made");
    DatabaseScaffold.write(made, server.uriWithPassword("doubled"), Map.of());
    Project project = assertCaptures(made, "doubled", 5);
    assertThat(project.sources().get("doubled").tables())
        .extracting(table -> table.sourceName() + " as " + table.table())
        .containsExactlyInAnyOrder(
            "archive.orders as orders",
            "archive.x/y as archive_x_y",
            "public.orders as public_orders_2",
            "public.public_orders as public_orders",
            "public.x_y as x_y");
  }

  /** And the database's name begins as no variable's may. */
  @Test
  void givesItsModelsNamesThatNoTableHas() throws Exception {
    database(
        "2024shop",
        "CREATE TABLE row_counts (id BIGINT PRIMARY KEY)",
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, at TIMESTAMP)",
        "CREATE TABLE orders_per_day (id BIGINT PRIMARY KEY)");
    Path made = folder.resolve("made");
    DatabaseScaffold.write(made, server.uriWithPassword("2024shop"), Map.of());
    Map<String, String> environment = Map.of("_2024SHOP_PASSWORD", server.password());
    assertThat(ProjectCheck.run(ProjectReader.read(made, environment, "")))
        .contains("source 2024shop: reachable, 3 tables can be captured");
    assertThat(filesUnder(made.resolve("models")))
        .containsExactly("gold/orders_per_day_2.sql", "gold/row_counts_2.sql");
  }

  /** All that an address may say can stand in it as parameters. */
  @Test
  void logsInWithTheUserOfAParameter() throws Exception {
    database("plain", "CREATE TABLE t (id BIGINT PRIMARY KEY)");
    String address = "postgres://127.0.0.1:" + server.port() + "/plain?user=postgres&password=";
    Path made = folder.resolve("made");
    DatabaseScaffold.write(made, address + server.password(), Map.of());
    assertThat(made.resolve("sources/plain.yaml")).content().doesNotContain(server.password());
    assertCaptures(made, "plain", 1);
  }

  @Test
  void leavesOutWhatASourceCannotName() throws Exception {
    database(
        "nameless",
        "CREATE SCHEMA \"a.b\"",
        "CREATE TABLE \"a.b\".t (id BIGINT PRIMARY KEY)",
        "CREATE TABLE \"*\" (id BIGINT PRIMARY KEY)",
        "CREATE TABLE \"${HOME}\" (id BIGINT PRIMARY KEY)",
        "CREATE TABLE expanded (\"${HOME}\" BIGINT PRIMARY KEY)",
        "CREATE TABLE usual (id BIGINT PRIMARY KEY)");
    Path made = folder.resolve("made");
    DatabaseScaffold.write(made, server.uriWithPassword("nameless"), Map.of());
    assertCaptures(made, "nameless", 1);
    assertThat(made.resolve("sources/nameless.yaml"))
        .content()
        .contains(
            """
            tables:
              - public.usual
              # a.b.t cannot be named here, nor its key: rename it to capture it
              # public.${HOME} cannot be named here, nor its key: rename it to capture it
              # public.* cannot be named here, nor its key: rename it to capture it
              # public.expanded cannot be named here, nor its key: rename it to capture it
            """);
  }

  @Test
  void takesThePasswordFromTheEnvironmentUnlessTheAddressHasOne() throws Exception {
    database("guarded", "CREATE TABLE t (id BIGINT PRIMARY KEY)");
    String whole = server.uriWithPassword("guarded");
    String address = DatabaseScaffold.withoutPassword(whole);
    assertThat(address).doesNotContain(server.password());
    Map<String, String> environment = Map.of("GUARDED_PASSWORD", server.password());
    assertThat(DatabaseScaffold.write(folder.resolve("a"), address, environment).passwordVariable())
        .isEmpty();
    assertThat(DatabaseScaffold.write(folder.resolve("b"), whole, Map.of()).passwordVariable())
        .isEqualTo("GUARDED_PASSWORD");
    assertThat(
            DatabaseScaffold.write(
                    folder.resolve("c"), address + "?password=" + server.password(), Map.of())
                .passwordVariable())
        .isEqualTo("GUARDED_PASSWORD");
    for (String made : List.of("a", "b", "c")) {
      assertThat(folder.resolve(made + "/sources/guarded.yaml"))
          .content()
          .contains("\nurl: " + address + "\n");
    }
  }

  @Test
  void leavesNoPartOfAPasswordInAnAddress() {
    assertThat(
            Stream.of(
                    "postgres://u:secret@h:5432/d",
                    "postgres://u:sec/secret@h:5432/d",
                    "postgres://u:sec@secret@h:5432/d",
                    "postgres://u@h:5432/d?password=secret",
                    "postgres://u:x@h:5432/d?sslpassword=secret&password=secret")
                .map(DatabaseScaffold::withoutPassword))
        .containsOnly("postgres://u@h:5432/d");
    assertThat(DatabaseScaffold.withoutPassword("postgres://me@corp:secret@h/d"))
        .isEqualTo("postgres://me@corp@h/d");
    assertThat(DatabaseScaffold.withoutPassword("postgres://dom/u:secret@h/d"))
        .isEqualTo("postgres://dom/u@h/d");
    assertThat(DatabaseScaffold.withoutPassword("postgres://u@h/d?password=secret&sslmode=require"))
        .isEqualTo("postgres://u@h/d?sslmode=require");
  }

  @Test
  void showsNoPasswordOfAnAddressThatItDoesNotKnow() {
    assertThatThrownBy(
            () -> DatabaseScaffold.write(folder, "oracle://u:sec?ret@h:1521/d", Map.of()))
        .hasMessageContaining("Cannot make a project from oracle://...: give an address")
        .hasMessageNotContaining("ret@");
  }

  private static Project assertCaptures(Path made, String database, int tables) {
    String variable = database.toUpperCase(Locale.ROOT) + "_PASSWORD";
    Project project = ProjectReader.read(made, Map.of(variable, server.password()), "");
    assertThat(String.join("\n", ProjectCheck.run(project)))
        .contains("source " + database + ": reachable, " + tables + " tables can be captured");
    return project;
  }
}
