package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.verify.Verification;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types that a PostgreSQL database defines itself, from its tables to models and the lake. */
class UserTypesTest {
  @TempDir private Path folder;
  private Path project = Path.of("");
  private @Nullable ShopDatabase shop;

  @BeforeEach
  void makeTypes() throws Exception {
    project = folder.resolve("project");
    shop =
        ShopDatabase.start(
            folder.resolve("postgres"), PostgresOptions.fast(), ShopSchema.Size.small(), 5);
    sql(
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE DOMAIN known_mood AS mood NOT NULL",
        "CREATE TYPE place AS (street text, number int)",
        "CREATE TABLE people (id int PRIMARY KEY, mood mood, was mood[], now known_mood, home place)",
        "INSERT INTO people VALUES (1, 'ok', '{sad,NULL,ok}', 'ok', ROW('Main St', 1)),"
            + " (2, NULL, NULL, 'sad', NULL)");
    write(
        "freshet.yaml",
        """
        name: people
        """);
    write(
        "sources/people.yaml",
        """
        kind: postgres
        url: ${%s}
        tables: [public.people]
        """
            .formatted(ShopDatabase.URL_VARIABLE));
    write(
        "models/gold/moods.sql",
        """
        /*
        key: [mood]
        */
        SELECT COALESCE(mood, '-') AS mood, COUNT(*) AS people, MIN(home) AS home
        FROM people WHERE now IN ('ok', 'sad', 'happy') GROUP BY COALESCE(mood, '-')
        """);
  }

  @AfterEach
  void stop() {
    if (shop != null) {
      shop.close();
    }
  }

  private void write(String file, String text) throws Exception {
    Path path = project.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection = Objects.requireNonNull(shop).open();
        var statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private FreshetSystem start() {
    Project read =
        ProjectReader.read(
            project, Map.of(ShopDatabase.URL_VARIABLE, Objects.requireNonNull(shop).url()), "");
    return FreshetSystem.start(
        read.with(read.settings().withState(project.resolve(".freshet")).withPort(0)));
  }

  private void await(FreshetSystem system) throws Exception {
    try (Connection connection = Objects.requireNonNull(shop).open()) {
      assertThat(Positions.await(system, Verification.position(connection), 60)).isTrue();
    }
    system.publish();
    assertThat(
            new LakeComparison(
                    LakeReader.open(new LocalStorage(Path.of(system.lakeLocation()).getParent())),
                    system.backend().relations(),
                    system.snapshot())
                .differences())
        .isEqualTo("equal");
  }

  private static List<String> rows(FreshetSystem system, String relation) {
    Batch batch = system.snapshot().scan(relation);
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      rows.add(Arrays.toString(Values.readRow(batch, row)));
    }
    return rows.stream().sorted().toList();
  }

  @Test
  void enumsAndCompositesAreTextsFromTheTableToTheLake() throws Exception {
    try (FreshetSystem system = start()) {
      await(system);
      assertThat(rows(system, "people"))
          .containsExactly(
              "[1, ok, [sad, null, ok], ok, (\"Main St\",1)]", "[2, null, null, sad, null]");
      sql(
          "ALTER TYPE mood ADD VALUE 'happy'",
          "INSERT INTO people VALUES (3, 'happy', '{happy}', 'happy', ROW('Rue', NULL))",
          "UPDATE people SET mood = 'happy' WHERE id = 1",
          "DELETE FROM people WHERE id = 2");
      await(system);
      assertThat(rows(system, "people"))
          .containsExactly(
              "[1, happy, [sad, null, ok], ok, (\"Main St\",1)]",
              "[3, happy, [happy], happy, (Rue,)]");
      assertThat(rows(system, "moods")).containsExactly("[happy, 2, (\"Main St\",1)]");
    }
    sql("UPDATE people SET mood = 'sad' WHERE id = 3");
    try (FreshetSystem system = start()) {
      await(system);
      assertThat(rows(system, "moods"))
          .containsExactly("[happy, 1, (\"Main St\",1)]", "[sad, 1, (Rue,)]");
    }
  }
}
