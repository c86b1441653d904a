package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.text.StatusText;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Does what a guide says, step by step, with a PostgreSQL of its own, and finds what it shows. The
 * folder and the source's address are the reader's; all else is as it stands there.
 */
final class CommandGuide implements AutoCloseable {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+) ?([^\\n]*?) ?-->\\n(?:```[a-z]+\\n(.*?)```)?", Pattern.DOTALL);

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private @Nullable FreshetSystem system;
  private int shown;

  CommandGuide(Path folder) {
    this.folder = folder;
    this.postgres = EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast());
  }

  /** Returns how many of its blocks show what Freshet answers. */
  int follow(String name) throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/" + name)));
    while (step.find()) {
      perform(step.group(1), step.group(2), step.group(3));
    }
    return shown;
  }

  @Override
  public void close() {
    stop();
    postgres.close();
  }

  private void perform(String step, String argument, String block) throws Exception {
    switch (step) {
      case "sql" -> execute(block);
      case "file" -> write(argument, block);
      case "fails" -> command(argument, block, 1);
      case "runs" -> command(argument, block, 0);
      case "query" -> awaitAnswer(argument, block);
      case "status" -> awaitStatus(block);
      case "stop" -> stop();
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  private void execute(String statements) throws Exception {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  /** The command's own process has another environment than this one. */
  private void write(String name, String block) throws Exception {
    Path file = folder.resolve("shop").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        block
            .replace("kind: postgres\nurl: ${SHOP_URL}", "kind: postgres\nurl: " + url())
            .replace("${SHOP_URL}", "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres")
            .replace("${SHOP_USER}", EmbeddedPostgres.USER)
            .replace("password: ${SHOP_PASSWORD}\n", password())
            .replace("name: shop\n", "name: shop\nserve: {port: 0}\n"));
  }

  private String url() {
    return "postgres://"
        + EmbeddedPostgres.USER
        + ":"
        + postgres.password()
        + "@127.0.0.1:"
        + postgres.port()
        + "/postgres";
  }

  private String password() {
    return "password: \"" + postgres.password() + "\"\n";
  }

  /** The block's lines are beginnings of lines that are printed, in their order. */
  private void command(String arguments, String block, int exit) {
    StringWriter out = new StringWriter();
    String[] all = (arguments + " --project " + folder.resolve("shop")).split(" ");
    int exited = FreshetCommand.run(all, new PrintWriter(out, true), new PrintWriter(out, true));
    List<String> lines = out.toString().lines().toList();
    int at = 0;
    for (String wanted : block.lines().toList()) {
      while (at < lines.size() && !lines.get(at).startsWith(wanted)) {
        at++;
      }
      assertThat(at).as("%s, in:%n%s", wanted, out).isLessThan(lines.size());
    }
    assertThat(exited).as(out.toString()).isEqualTo(exit);
    shown++;
  }

  private FreshetSystem running() {
    FreshetSystem running = system;
    if (running == null) {
      running = FreshetSystem.start(ProjectReader.read(folder.resolve("shop"), Map.of(), ""));
      system = running;
    }
    return running;
  }

  /** The block's lines are beginnings of the status' lines. */
  private void awaitStatus(String block) {
    FreshetSystem running = running();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<String> lines = StatusText.lines(running.status());
    while (!block.lines().allMatch(beginning(lines))) {
      assertThat(System.nanoTime()).as("%s in %s", block, lines).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
      lines = StatusText.lines(running.status());
    }
    shown++;
  }

  private static Predicate<String> beginning(List<String> lines) {
    return wanted -> lines.stream().anyMatch(line -> line.startsWith(wanted));
  }

  private void awaitAnswer(String sql, String rows) {
    FreshetSystem running = running();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String answer = query(running, sql);
    while (!sorted(answer).equals(sorted(rows))) {
      assertThat(System.nanoTime()).as("in place of it: %s", answer).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
      answer = query(running, sql);
    }
    shown++;
  }

  private static List<String> sorted(String rows) {
    return rows.lines().sorted().toList();
  }

  private static String query(FreshetSystem running, String sql) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String answer =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(running.address() + "/v1/sql?format=csv"))
                      .POST(BodyPublishers.ofString(sql))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      return answer.substring(answer.indexOf('\n') + 1).replace("\r", "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void stop() {
    FreshetSystem running = system;
    system = null;
    if (running != null) {
      running.close();
    }
  }
}
