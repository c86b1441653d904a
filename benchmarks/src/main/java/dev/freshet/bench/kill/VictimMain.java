package dev.freshet.bench.kill;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.demo.LakeComparison;
import dev.freshet.demo.Positions;
import dev.freshet.demo.Questions;
import dev.freshet.demo.SystemContent;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.verify.Question;
import dev.freshet.demo.verify.Verification;
import dev.freshet.demo.verify.VerificationReport;
import dev.freshet.engine.Snapshot;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.SystemStatus;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a project on a state folder until it is killed, and compares itself when told so: reads
 * {@code verify POSITION} from standard input and answers {@code equal}, or what differs; {@code
 * usage} and {@code problems} are answered with what it holds and with what is wrong. {@code apply}
 * lets it take its folder as it is then, without an answer; a defect ends the process.
 */
final class VictimMain {
  static final String ANSWER = "@ ";
  static final String PROBLEMS = "problems";
  static final String APPLY = "apply";
  static final String USAGE = "usage";
  static final String LEAK = "leak";
  private static final long CATCH_UP_SECONDS = 240;
  private static final long ARRIVAL_SECONDS = 60;

  /** A sink that says so long that it has all is done. */
  private static final long SINK_SECONDS = 3;

  private VictimMain() {}

  public static void main(String[] arguments) throws Exception {
    Path example = Path.of(arguments[0]);
    Path state = Path.of(arguments[1]);
    Project read = ProjectReader.read(example, System.getenv(), "");
    Project project = read.with(read.settings().withState(state).withPort(0));
    try (FreshetSystem system = FreshetSystem.start(project)) {
      answer("ready");
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        if (line.equals(APPLY)) {
          Thread.ofPlatform().daemon().start(() -> apply(system));
          continue;
        }
        if (line.equals(LEAK)) {
          Leak.start();
          continue;
        }
        answer(
            switch (line) {
              case PROBLEMS -> String.join("\n", system.status().problems());
              case USAGE -> usage(system.status()).text();
              default ->
                  verify(
                      system, project, state, Long.parseLong(line.substring("verify ".length())));
            });
      }
    }
  }

  private static void apply(FreshetSystem system) {
    try {
      System.out.println("applied: " + system.apply());
    } catch (RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static Usage usage(SystemStatus status) throws InterruptedException {
    double latency =
        status.relations().stream()
            .mapToDouble(SystemStatus.RelationStatus::latencyMillisP99)
            .max()
            .orElse(-1);
    return Usage.take(latency, status.log().bytes());
  }

  private static void answer(String text) {
    System.out.println(ANSWER + text.replace("\n", "\\n"));
  }

  private static String verify(FreshetSystem system, Project project, Path state, long position)
      throws Exception {
    if (!Positions.await(system, position, CATCH_UP_SECONDS)) {
      return "not caught up: " + system.status();
    }
    if (!system.status().healthy()) {
      return "not healthy: " + system.status().problems();
    }
    try (Connection connection = connect()) {
      List<Question> questions = Questions.of(project, system.backend().relations());
      awaitRows(connection, system, project);
      VerificationReport report =
          Verification.verify(connection, new SystemContent(system.snapshot()), questions);
      if (!report.allEqual()) {
        return report.text();
      }
      String differences = compareSinks(connection, system, project, questions);
      if (!differences.isEmpty()) {
        return differences;
      }
    }
    // Nothing but empty steps follows now, so a later step of the lake holds the same.
    Snapshot snapshot = system.snapshot();
    long step = snapshot.step();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (system.publishedStep() < step && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return new LakeComparison(
            LakeReader.open(new LocalStorage(state)), system.backend().relations(), snapshot)
        .differences();
  }

  /**
   * Other sources than the PostgreSQL have no position to wait for: only as many rows as it has.
   */
  private static void awaitRows(Connection connection, FreshetSystem system, Project project)
      throws SQLException, InterruptedException {
    for (SourceSettings source : project.sources().values()) {
      if (source.kind().equals("postgres")) {
        continue;
      }
      for (SourceSettings.TableSelection table : source.tables()) {
        long rows = count(connection, table.sourceName());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARRIVAL_SECONDS);
        while (system.snapshot().rowCount(table.table()) < rows && System.nanoTime() < deadline) {
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
    }
  }

  private static long count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Each sink's table with the model that it keeps; waits for it. Empty when all are equal. */
  private static String compareSinks(
      Connection connection, FreshetSystem system, Project project, List<Question> questions)
      throws InterruptedException {
    List<Question> kept = new ArrayList<>();
    for (SinkSettings sink : project.sinks().values()) {
      List<String> key =
          questions.stream()
              .filter(question -> question.name().equals(sink.relation()))
              .findFirst()
              .orElseThrow()
              .key();
      kept.add(Question.table(sink.relation(), sink.details().text("table", sink.relation()), key));
    }
    if (kept.isEmpty()) {
      return "";
    }
    long busyUntil = System.nanoTime();
    long deadline = busyUntil + TimeUnit.SECONDS.toNanos(ARRIVAL_SECONDS);
    while (true) {
      VerificationReport report =
          Verification.verify(connection, new SystemContent(system.snapshot()), kept);
      if (report.allEqual()) {
        return "";
      }
      long now = System.nanoTime();
      if (!system.status().sinks().stream().allMatch(VictimMain::hasAll)) {
        busyUntil = now;
      }
      if (now > deadline || now - busyUntil > TimeUnit.SECONDS.toNanos(SINK_SECONDS)) {
        return "the tables that sinks keep:\n" + report.text() + system.status().sinks();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean hasAll(SystemStatus.SinkStatus sink) {
    return sink.state().equals("streaming") && sink.rowsBehind() == 0;
  }

  /** The variable holds a {@code postgres://user:password@host:port/database} address. */
  private static Connection connect() throws SQLException {
    URI address = URI.create(System.getenv(ShopDatabase.URL_VARIABLE));
    String[] user = address.getUserInfo().split(":", 2);
    String url =
        "jdbc:postgresql://" + address.getHost() + ":" + address.getPort() + address.getPath();
    return DriverManager.getConnection(url, user[0], user[1]);
  }
}
