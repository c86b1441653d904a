package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said without a server. Connectors and drivers but Oracle's are on the class path. */
@Timeout(120)
class BroughtCheckTest {
  @TempDir private Path folder;

  private DebeziumSource source(ServerKind kind, String url, String... tables) {
    ServerSettings settings =
        new ServerSettings(
            kind,
            "shop",
            url,
            "secret",
            List.of(tables).stream().map(table -> new TableChoice(table, "")).toList(),
            Tls.OFF,
            Map.of(),
            Map.of());
    return DebeziumSource.of(settings, List.of(folder), () -> new LocalStorage(folder));
  }

  private SourceCheck check(ServerKind kind, String url, String... tables) {
    return source(kind, url, tables).check(Resume.FROM_NOTHING);
  }

  @Test
  void leavesNoTableAloneThatCouldNotBeReadUpToWhereTheOthersAre() {
    DebeziumSource source =
        source(ServerKind.SQLSERVER, "sqlserver://me@127.0.0.1:1/shop", "orders");
    assertThat(source.whyNotPaused("orders").orElseThrow())
        .contains("does not tell of two places in the server's log which comes first");
    assertThat(source.anew()).isEmpty();
  }

  @Test
  void saysWhichDriverIsMissing() {
    Problem problem =
        check(ServerKind.ORACLE, "oracle://me@127.0.0.1:1/shop", "orders").problems().getFirst();
    assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
    assertThat(problem.message())
        .isEqualTo(
            "Cannot capture Oracle: its connector or driver is not installed. Freshet comes with"
                + " neither.");
    assertThat(problem.fix())
        .isEqualTo(
            "install this: put ojdbc11-21.15.0.0.jar (of Maven:"
                + " com.oracle.database.jdbc:ojdbc11:21.15.0.0) into "
                + folder);
  }

  @ParameterizedTest
  @CsvSource({
    "SQLSERVER, sqlserver://me@127.0.0.1:1/shop, Cannot connect to SQL Server at 127.0.0.1:1",
    "MONGODB, mongodb://me@127.0.0.1:1/shop?serverSelectionTimeoutMS=500&connectTimeoutMS=500,"
        + " Cannot connect to MongoDB at 127.0.0.1:1"
  })
  void saysWhichServerDoesNotAnswer(ServerKind kind, String url, String message) {
    List<Problem> problems = check(kind, url, "orders").problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
    assertThat(problems.getFirst().message()).startsWith(message).doesNotContain("secret");
  }

  @Test
  void collectionsAreNamedOneByOne() {
    assertThat(check(ServerKind.MONGODB, "mongodb://127.0.0.1:1/shop", "*").problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.message()).contains("collections are named one by one"));
  }
}
