package dev.freshet.runtime.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.inspect.LogDump;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Masked tables of a real PostgreSQL: nowhere on disk is a value that is to be hidden. */
@Timeout(240)
class MaskedPostgresTest {
  /**
   * Of the snapshot, of the stream, of old rows, of refused rows and of a column without contract.
   */
  private static final Object[] HIDDEN = {
    "ann.archer@example.org",
    "bob.baker@example.org",
    "bob.changed@example.org",
    "cleo.carter@example.org",
    "dora.refused@example.org",
    "emil.nocity@example.org",
    "900-55-1234",
    "900-55-5678",
    "+49 30 9812-3344",
    "D-10115",
    "1987-06-05",
    "she phoned about ann",
    7_310_004_455_221L,
    7_310_004_455_222L,
    7_310_004_455_223L,
    7_310_004_455_224L,
    7_310_004_455_225L
  };

  @TempDir private Path directory;

  @Test
  void whatIsMaskedIsNowhereOnDisk() throws Exception {
    StateScan scan = new StateScan(HIDDEN);
    try (EmbeddedPostgres postgres = start();
        MaskedProject project = project(postgres, "masked")) {
      project.start();
      project.await(
          "SELECT COUNT(*), COUNT(born), MIN(postcode), MAX(city) FROM people", "2,0,D-,Paris\n");
      work(postgres, project);
      assertThat(project.query("SELECT phone FROM people WHERE city = 'Rome'"))
          .matches("\\+\\d\\d \\d\\d \\d{4}-\\d{4}\n");
      assertThat(project.query("SELECT DISTINCT CHAR_LENGTH(email) FROM people")).isEqualTo("64\n");
      assertThat(project.query("SELECT ssn FROM people")).contains("unknown column ssn");
      assertThat(project.get("/v1/status")).doesNotContain("refused@").doesNotContain("nocity@");
      assertThat(log(project))
          .contains("{\"masked\":true}")
          .contains("the row does not fit; what does not is not kept, since the table has masks");
      project.stop();
      assertThat(scan.found(project.state())).isEmpty();

      project.start();
      execute(
          postgres,
          "INSERT INTO people VALUES (7310004455225, 'emil.nocity@example.org', 'x', '900-55-1234',"
              + " '1987-06-05', 'D-10115', 1, 'Oslo', 'she phoned about ann')");
      project.await("SELECT COUNT(*) FROM people WHERE city = 'Oslo'", "1\n");
      project.stop();
      assertThat(scan.found(project.state())).isEmpty();
    }
  }

  /** A plant: a scan that finds nothing must be one that would. */
  @Test
  void theScanFindsWhatIsNotMasked() throws Exception {
    try (EmbeddedPostgres postgres = start();
        MaskedProject project = project(postgres, "plain")) {
      project.removeMasks();
      project.start();
      project.await("SELECT COUNT(*) FROM people", "2\n");
      work(postgres, project);
      project.stop();

      for (Object value : HIDDEN) {
        if (!value.equals("1987-06-05")) { // a DATE is text only where rows are shown
          assertThat(new StateScan(value).found(project.state()).toString())
              .as("places of %s", value)
              .contains(".log")
              .contains("row of the log");
        }
      }
      assertThat(new StateScan("bob.changed@example.org").found(project.state()).toString())
          .contains("lake table bronze.people")
          .contains("engine/state-");
      assertThat(new StateScan("1987-06-05").found(project.state())).isNotEmpty();
    }
  }

  /** Inserts, updates of a masked value and of a key, a delete, and rows that are refused. */
  private static void work(EmbeddedPostgres postgres, MaskedProject project) throws Exception {
    execute(
        postgres,
        "UPDATE people SET email = 'bob.changed@example.org' WHERE city = 'Paris'",
        "UPDATE people SET id = 7310004455223 WHERE city = 'Paris'",
        "INSERT INTO people VALUES (7310004455224, 'cleo.carter@example.org', '+49 30 9812-3344',"
            + " '900-55-5678', NULL, NULL, 3, 'Rome', NULL)",
        "DELETE FROM people WHERE city = 'Berlin'",
        "INSERT INTO people VALUES (7310004455226, 'dora.refused@example.org', 'x', 'x', NULL, NULL,"
            + " 'NaN', 'Kyiv', NULL)",
        "INSERT INTO people VALUES (7310004455225, 'emil.nocity@example.org', 'x', 'x', NULL, NULL, 1,"
            + " NULL, NULL)",
        "DELETE FROM people WHERE city IS NULL",
        "INSERT INTO visits SELECT 1, id FROM people WHERE city = 'Rome'");
    project.await("SELECT city FROM people ORDER BY city", "Paris\nRome\n");
    project.await("SELECT city, visits FROM visits_per_city", "Rome,1\n");
  }

  private static String log(MaskedProject project) {
    StringBuilder text = new StringBuilder();
    new LogDump("", "", "", Long.MAX_VALUE, true).run(project.state(), text::append);
    return text.toString();
  }

  private EmbeddedPostgres start() throws Exception {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("postgres"), PostgresOptions.fast());
    execute(
        postgres,
        "CREATE TABLE people (id BIGINT PRIMARY KEY, email TEXT NOT NULL, phone TEXT, ssn TEXT, born"
            + " DATE, postcode TEXT, score NUMERIC(6, 2), city TEXT, remark TEXT)",
        "ALTER TABLE people REPLICA IDENTITY FULL",
        "CREATE TABLE visits (nr INTEGER PRIMARY KEY, person_id BIGINT)",
        "INSERT INTO people VALUES (7310004455221, 'ann.archer@example.org', '+49 30 9812-3344',"
            + " '900-55-1234', '1987-06-05', 'D-10115', 1.5, 'Berlin', 'she phoned about ann'),"
            + " (7310004455222, 'bob.baker@example.org', NULL, NULL, NULL, NULL, NULL, 'Paris', NULL)");
    return postgres;
  }

  private MaskedProject project(EmbeddedPostgres postgres, String name) throws Exception {
    MaskedProject project = new MaskedProject(directory.resolve(name));
    project.write(
        "sources/db.yaml",
        "kind: postgres\nurl: "
            + postgres.uriWithPassword("postgres")
            + "\ntables: [public.people, public.visits]\n");
    project.write(
        "contracts/people.yaml",
        """
        key: [id]
        columns:
          id: {type: BIGINT, mask: tokenize}
          email: {type: VARCHAR, nullable: false, mask: hash}
          phone: {type: VARCHAR, mask: tokenize}
          ssn: {type: VARCHAR, mask: drop}
          born: {type: DATE, mask: null}
          postcode: {type: VARCHAR, mask: {truncate: 2}}
          score: DECIMAL(6, 2)
          city: {type: VARCHAR, nullable: false}
        """);
    project.write(
        "contracts/visits.yaml",
        "key: [nr]\ncolumns:\n  nr: INTEGER\n  person_id: {type: BIGINT, mask: tokenize}\n");
    project.write(
        "models/gold/visits_per_city.sql",
        """
        SELECT city, COUNT(*) AS visits FROM visits JOIN people ON person_id = id GROUP BY city
        """);
    return project;
  }

  @Test
  void keysCannotChangeTheirMaskNorTheProjectItsKey() throws Exception {
    try (EmbeddedPostgres postgres = start();
        MaskedProject project = project(postgres, "changed")) {
      project.unset("MASKING_KEY");
      assertThatThrownBy(project::start)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("variable MASKING_KEY is not set")
          .hasMessageContaining("at freshet.yaml:5:16");
      assertThat(project.state()).doesNotExist();
      project.set("MASKING_KEY", MaskedProject.KEY);
      project.start();
      project.await("SELECT COUNT(*) FROM people", "2\n");
      assertThat(project.get("/v1/status")).doesNotContain(MaskedProject.KEY);
      project.stop();
      assertThat(new StateScan(MaskedProject.KEY).found(project.state())).isEmpty();

      project.set("MASKING_KEY", "another masking key of 32 characters");
      assertThatThrownBy(project::start)
          .hasMessageContaining("another one than that of the rows in the state folder")
          .hasMessageNotContaining("another masking key");
      project.set("MASKING_KEY", MaskedProject.KEY);
      project.removeMasks();
      assertThatThrownBy(project::start)
          .hasMessageContaining("its mask was tokenize")
          .hasMessageContaining("and is none now");
    }
  }

  @Test
  void reconcilingComparesAndRepairsWhatIsBehindTheMasks() throws Exception {
    try (EmbeddedPostgres postgres = start();
        MaskedProject project = project(postgres, "reconciled")) {
      project.write(
          "contracts/visits.yaml",
          "key: [nr]\ncolumns:\n  nr: INTEGER\n  person_id: {type: VARCHAR, mask: {hash: BIGINT}}\n");
      execute(
          postgres,
          "INSERT INTO visits VALUES (1, 7310004455221), (2, 7310004455222), (3, 7310004455223)");
      project.write("models/gold/visits_per_city.sql", "SELECT COUNT(*) AS visits FROM visits\n");
      FreshetSystem system = project.start();
      project.await("SELECT visits FROM visits_per_city", "3\n");
      while (!system.status().sources().getFirst().state().equals("streaming")) {
        LockSupport.parkNanos(10_000_000);
      }
      Reconciled equal = system.backend().reconcile("db", List.of(), false).getFirst();
      assertThat(equal.last().isEqual()).as(equal.toString()).isTrue();
      assertThat(equal.toString()).contains("its key is masked");

      execute(
          postgres,
          "ALTER PUBLICATION freshet_db SET TABLE people, visits WHERE (nr > 9)",
          "UPDATE visits SET person_id = 7310004455224 WHERE nr = 1",
          "DELETE FROM visits WHERE nr = 2",
          "INSERT INTO visits VALUES (4, 7310004455225)",
          "ALTER PUBLICATION freshet_db SET TABLE people, visits");
      Reconciled repaired = system.backend().reconcile("db", List.of(), true).getFirst();
      assertThat(repaired.first().isEqual()).isFalse();
      assertThat(repaired.last().isEqual()).as(repaired.toString()).isTrue();
      assertThat(repaired.toString()).contains("corrected=3");
      project.await(
          "SELECT nr, CHAR_LENGTH(person_id) FROM visits ORDER BY nr", "1,64\n3,64\n4,64\n");
      project.stop();
      assertThat(new StateScan(HIDDEN).found(project.state())).isEmpty();
    }
  }

  private static void execute(EmbeddedPostgres postgres, String... statements) throws Exception {
    try (Connection connection = postgres.connect();
        var statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
