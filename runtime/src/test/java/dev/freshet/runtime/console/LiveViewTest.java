package dev.freshet.runtime.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.LakeStatus;
import dev.freshet.serve.backend.SystemStatus.LedgerStatus;
import dev.freshet.serve.backend.SystemStatus.LogStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import dev.freshet.serve.backend.SystemStatus.StepStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final String ADDRESS = "http://127.0.0.1:8790";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void showsTheDemoWithinEightyColumns() {
    assertThat(frame(new TerminalSize(24, 80), status(16, List.of())))
        .startsWith("shop  step 7  healthy  lake at step 7  http://127.0.0.1:8790")
        .contains(
            "TABLE               LAYER    ROWS  CHANGES/S  LAT P50     P99  FRESHNESS  ERRORS",
            "relation_number_15  bronze  1,234        101   118 ms  971 ms  current         0")
        .allMatch(line -> line.length() <= 80)
        .noneMatch(line -> line.contains("more lines"));
  }

  @Test
  void cutsTablesAtTheLastColumn() {
    assertThat(frame(new TerminalSize(24, 60), status(2, List.of())))
        .allMatch(line -> line.length() <= 60)
        .contains("relation_number_10  bronze  1,234        101   118 ms  971 m");
  }

  @Test
  void breaksProblemsAtBlanksSoThatTheyCanBeRead() {
    String problem =
        "source shop: Cannot reach PostgreSQL as shop@127.0.0.1:5432/shop: the connection was"
            + " refused.\n  Fix: start the server, or correct host and port in the URL";

    assertThat(frame(new TerminalSize(24, 50), status(1, List.of(problem))))
        .startsWith(
            "shop  step 7  NOT HEALTHY  lake at step 7",
            "    http://127.0.0.1:8790",
            "  ! source shop: Cannot reach PostgreSQL as",
            "    shop@127.0.0.1:5432/shop: the connection was",
            "    refused.",
            "      Fix: start the server, or correct host and",
            "    port in the URL");
  }

  @Test
  void leavesOutWhatHasNoRoomInTheHeight() {
    List<String> lines = frame(new TerminalSize(12, 80), status(30, List.of()));

    assertThat(lines).hasSize(11).last().isEqualTo("... 26 more lines: freshet status");
  }

  @Test
  void bearsATerminalOfNoWidth() {
    assertThat(frame(new TerminalSize(1, 1), status(1, List.of("one that is longer"))))
        .singleElement()
        .asString()
        .endsWith("more lines: freshet status");
  }

  /** The cursor goes up by as many rows as the frame before took. */
  @Test
  void redrawsInPlace() {
    LiveView view = new LiveView(out, true, () -> new TerminalSize(24, 50));
    view.show(
        status(1, List.of("one\nthat takes two lines, and is longer than fifty columns")), ADDRESS);
    bytes.reset();
    view.show(status(1, List.of()), ADDRESS);

    assertThat(text()).startsWith("\u001b[11A\r\u001b[2Kshop");
  }

  @Test
  void printsNoControlCharactersIntoAFile() {
    LiveView view = new LiveView(out, false, () -> new TerminalSize(1, 1));
    view.show(status(1, List.of()), ADDRESS);

    assertThat(text()).doesNotContain("\u001b").contains("relation_number_10  bronze");
  }

  @Test
  void readsTheSizeThatSttyPrints() {
    assertThat(TerminalSize.parse("50 132\n")).isEqualTo(new TerminalSize(50, 132));
    assertThat(TerminalSize.parse("0 0\n")).isEqualTo(TerminalSize.USUAL);
    assertThat(TerminalSize.parse("")).isEqualTo(TerminalSize.USUAL);
  }

  private List<String> frame(TerminalSize size, SystemStatus status) {
    new LiveView(out, true, () -> size).show(status, ADDRESS);
    return text().replace("\r\u001b[2K", "").replace("\u001b[J", "").lines().toList();
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static SystemStatus status(int relationCount, List<String> problems) {
    List<RelationStatus> relations = new ArrayList<>();
    for (int i = 0; i < relationCount; i++) {
      relations.add(
          new RelationStatus(
              "relation_number_" + (10 + i),
              "bronze",
              1_234,
              0,
              101,
              0,
              1_000,
              118,
              971,
              0,
              0,
              0,
              RelationStatus.NO_WATERMARK,
              0,
              0));
    }
    return new SystemStatus(
        "shop",
        7,
        0,
        problems.isEmpty(),
        problems,
        List.of(new SourceStatus("shop", "postgres", "streaming", "0/1", 0, 0, 9, 1, 100, "")),
        List.of(),
        List.of(),
        relations,
        new LogStatus(0, 7, 7, 0),
        new LakeStatus("lake", 7, 0, 0),
        List.of(new OutputStatus("lake", DeliveryGuarantee.TRANSACTIONAL, 7)),
        List.of(),
        new StepStatus(7, 7, 1, 1),
        new LedgerStatus(9, 9, 0),
        ModelsStatus.NONE,
        Map.of());
  }
}
