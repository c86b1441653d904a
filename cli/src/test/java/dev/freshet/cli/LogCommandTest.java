package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.database.Freshet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return FreshetCommand.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private void fill(Freshet database) {
    database.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, name VARCHAR)");
    database.execute("CREATE TABLE other (id BIGINT PRIMARY KEY)");
    database.execute("INSERT INTO orders VALUES (1, 'a \"quoted\" one'), (2, NULL)");
    database.execute("INSERT INTO other VALUES (7)");
    database.execute("UPDATE orders SET name = 'b' WHERE id = 1");
    database.execute("DELETE FROM orders WHERE id = 2");
  }

  @Test
  void looksIntoTheLogOfAnOpenDatabase() {
    try (Freshet database = Freshet.open(folder)) {
      fill(database);
      assertThat(run("log", "verify", "--state", folder.toString())).isZero();
      assertThat(out.toString())
          .contains("00000000000000000000.log  ok")
          .contains("6 records, 5 rows")
          .endsWith("no damage" + System.lineSeparator());
      assertThat(run("log", "dump", "--state", folder.toString(), "--rows", "--table", "orders"))
          .isZero();
      assertThat(out.toString().lines())
          .hasSize(4)
          .anyMatch(line -> line.contains("\"name\":\"a \\\"quoted\\\" one\""))
          .anyMatch(line -> line.contains("\"operation\":\"DELETE\""))
          .noneMatch(line -> line.contains("other"));
    }
  }

  @Test
  void beginsWhereItIsTold() {
    try (Freshet database = Freshet.open(folder)) {
      fill(database);
    }
    String state = folder.toString();
    assertThat(run("log", "dump", "--state", state)).isZero();
    assertThat(out.toString().lines())
        .hasSize(6)
        .allMatch(line -> line.startsWith("{\"offset\":") && line.endsWith("}}"));
    assertThat(run("log", "dump", "--state", state, "--from", "2", "--max-lines", "1")).isZero();
    assertThat(out.toString().lines()).singleElement().asString().startsWith("{\"offset\":2,");
    assertThat(run("log", "dump", "--state", state, "--from", "2000-01-01T00:00:00Z")).isZero();
    assertThat(out.toString().lines()).hasSize(6);
    assertThat(run("log", "dump", "--state", state, "--from", "3000-01-01T00:00:00Z")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(run("log", "dump", "--state", state, "--from", "yesterday")).isEqualTo(1);
    assertThat(err.toString()).contains("yesterday", "2026-01-31T12:00:00Z");
    assertThat(run("log", "dump", "--state", state, "--from", "99")).isEqualTo(1);
    assertThat(err.toString()).contains("it holds offsets 0 to 6");
  }

  @Test
  void namesDamageAndFails() throws IOException {
    try (Freshet database = Freshet.open(folder)) {
      fill(database);
    }
    Path segment;
    try (Stream<Path> files = Files.list(folder.resolve("log"))) {
      segment = files.filter(each -> each.toString().endsWith(".log")).findFirst().orElseThrow();
    }
    byte[] content = Files.readAllBytes(segment);
    content[content.length / 2] ^= 1;
    Files.write(segment, content);
    assertThat(run("log", "verify", "--state", folder.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("DAMAGED", "is damaged at byte", "1 damaged")
        .contains(segment.getFileName().toString());
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(run("log", "verify", "--state", folder.resolve("nothing").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("Cannot find a log").contains("NOT_FOUND");
    assertThat(folder.resolve("nothing")).doesNotExist();
  }
}
