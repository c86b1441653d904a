package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SourceStatus.State;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of altered tables from the stream's descriptions and the catalog alone. */
class DdlWithoutTriggerTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, qty int, note text)");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private Capture start() throws Exception {
    return harness.startAndStream(harness.config("t"));
  }

  private Capture restart() throws Exception {
    Capture capture = harness.start(harness.config("t"), harness.resume());
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    return capture;
  }

  private List<String> texts(Capture capture) throws Exception {
    harness.awaitAll(capture);
    return capture.status().schemaChanges().stream().map(SchemaChange::text).toList();
  }

  @Test
  void tellsByTheCatalogWhatBecameOfColumns() throws Exception {
    Capture capture = start();
    harness.sql("ALTER TABLE t RENAME qty TO quantity", "INSERT INTO t VALUES (1, 1, '')");
    assertThat(texts(capture)).containsExactly("column qty of t was renamed to quantity");
    harness.sql("ALTER TABLE t DROP note, ADD remark text", "INSERT INTO t VALUES (2, 2, '')");

    assertThat(texts(capture))
        .endsWith("column note was dropped from t", "column remark (text) was added to t");
  }

  @Test
  void saysWhatCannotBeToldApart() throws Exception {
    Capture capture = start();
    harness.sql(
        "BEGIN; ALTER TABLE t RENAME qty TO quantity; INSERT INTO t VALUES (1, 1, '');"
            + " ALTER TABLE t RENAME note TO remark; COMMIT");

    assertThat(texts(capture))
        .containsExactly(
            "of t, qty is gone, and there is quantity: renamed or altered, or dropped and added,"
                + " which cannot be told apart");
    harness.sql("INSERT INTO t VALUES (2, 2, '')");
    assertThat(texts(capture)).endsWith("column note of t was renamed to remark");
  }

  @Test
  void findsWhatWasAlteredWhileItWasStopped() throws Exception {
    Capture capture = start();
    harness.sql("INSERT INTO t VALUES (1, 1, '')");
    harness.awaitAll(capture);
    capture.close();
    harness.sql("INSERT INTO t VALUES (2, 2, '')", "ALTER TABLE t RENAME qty TO quantity");

    assertThat(
            harness.source(harness.config("t")).check(harness.resume()).changes().stream()
                .map(SchemaChange::text))
        .containsExactly("column qty of t was renamed to quantity");
    assertThat(texts(restart())).containsExactly("column qty of t was renamed to quantity");
  }

  @Test
  void findsAColumnThatWasMadeAnewWhileItWasStopped() throws Exception {
    Capture capture = start();
    harness.sql("INSERT INTO t VALUES (1, 1, '')");
    harness.awaitAll(capture);
    capture.close();
    harness.sql("ALTER TABLE t DROP note, ADD note text", "INSERT INTO t VALUES (2, 2, '')");

    assertThat(texts(restart()))
        .containsExactly("column note was dropped from t", "column note (text) was added to t");
  }

  @Test
  void saysSoInItsCheck() throws Exception {
    assertThat(harness.source(harness.config("t")).check(harness.resume()).notes())
        .anyMatch(note -> note.contains("freshet source install"));
  }
}
