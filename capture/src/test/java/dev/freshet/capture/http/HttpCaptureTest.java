package dev.freshet.capture.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.http.FakeLog.Syncs;
import dev.freshet.capture.http.Posted.Outcome;
import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpCaptureTest {
  private static final Contract CLICKS =
      new Contract(
          "clicks",
          Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("page", Simple.VARCHAR)),
          List.of("id"),
          "",
          "");
  private static final String ROWS = "[{\"id\": 1}, {\"page\": \"a\"}]";

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
  private final FakeLog log = new FakeLog();
  private final HttpSettings settings =
      new HttpSettings("web", 1_000, 2_000, Duration.ofHours(1), 1_000, UnknownFields.REFUSE);
  private HttpCapture capture;

  @BeforeEach
  void start() {
    HttpSource source =
        new HttpSource(settings, List.of("clicks"), Map.of("clicks", CLICKS), () -> storage);
    Capture started = source.start(Scheduler.threads(), clock, log.resume(), log);
    log.follows(started);
    capture = source.capture();
  }

  @AfterEach
  void stop() {
    capture.close();
  }

  /** As after a kill: nothing is saved, and what is not durable is gone. */
  private void restartAfterKill() {
    log.crash();
    start();
  }

  private static Post post(String key, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new Post("clicks", "application/json", Map.of(), "", key, bytes, bytes.length);
  }

  @Test
  void answersWhenTheRowsAreDurable() throws Exception {
    log.syncs(Syncs.WHEN_TOLD);
    CompletableFuture<Posted> answer =
        CompletableFuture.supplyAsync(() -> capture.take(post("", ROWS)));
    await(() -> log.size() == 1);
    assertThat(answer).isNotDone();
    log.sync();
    assertThat(answer.get(10, TimeUnit.SECONDS))
        .isEqualTo(
            new Posted(
                Outcome.WRITTEN,
                1,
                List.of(
                    new RefusedRow(
                        1,
                        ErrorCode.CONTRACT_VIOLATED,
                        "column id is missing, and NOT NULL in the contract"))));
    assertThat(log.read(0).tables().getFirst().rejected()).hasSize(1);
  }

  @Test
  void writesARequestWithAKeyOnce() {
    Posted first = capture.take(post("k", ROWS));
    assertThat(capture.take(post("k", ROWS)))
        .isEqualTo(new Posted(Outcome.REPEATED, 1, first.refused()));
    assertThat(capture.take(post("\"k\"", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.take(post("other", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(log.size()).isEqualTo(2);
    assertThatThrownBy(() -> capture.take(post("k", "{\"id\": 2}")))
        .hasMessageContaining("its idempotency key came with another request before")
        .extracting("code")
        .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
    assertThat(log.size()).isEqualTo(2);
  }

  @Test
  void letsARepeatedRequestWaitForTheFirst() throws Exception {
    log.syncs(Syncs.WHEN_TOLD);
    CompletableFuture<Posted> first =
        CompletableFuture.supplyAsync(() -> capture.take(post("k", ROWS)));
    await(() -> log.size() == 1);
    CompletableFuture<Posted> second =
        CompletableFuture.supplyAsync(() -> capture.take(post("k", ROWS)));
    await(() -> capture.statistics().requests() == 2);
    assertThat(second).isNotDone();
    log.sync();
    assertThat(first.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(second.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void knowsTheKeysAfterAKillWithTheReasonsOfRefusedRows() {
    Posted first = capture.take(post("k", ROWS));
    restartAfterKill();
    assertThat(capture.take(post("k", ROWS))).isEqualTo(first.repeated());
    capture.close(); // saves them, so that the next start reads nothing of the log
    start();
    assertThat(capture.take(post("k", ROWS))).isEqualTo(first.repeated());
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void writesAgainWhatAKillTookBeforeItWasDurable() {
    log.syncs(Syncs.WHEN_TOLD);
    capture.take(durableLater("first"));
    CompletableFuture<Posted> lost =
        CompletableFuture.supplyAsync(() -> capture.take(post("k", ROWS)));
    await(() -> log.size() == 2);
    HttpCapture killed = capture;
    restartAfterKill();
    log.syncs(Syncs.AT_ONCE);
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(capture.take(post("first", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(log.size()).isEqualTo(2);
    killed.close();
    assertThatThrownBy(lost::join).hasMessageContaining("Cannot tell whether the rows are written");
  }

  /** Syncs as soon as the request stands in the log. */
  private Post durableLater(String key) {
    Thread.ofVirtual()
        .start(() -> {
          await(() -> log.size() == 1);
          log.sync();
        });
    return post(key, ROWS);
  }

  @Test
  void readsTheLogWhenTheSavedKeysAreDamaged() {
    capture.take(post("k", ROWS));
    capture.close();
    byte[] bytes = storage.content("sources/web.keys");
    bytes[30] ^= 1;
    storage.damage("sources/web.keys", bytes);
    start();
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
  }

  @Test
  void forgetsKeysWhenTheirWindowIsOver() {
    capture.take(post("k", ROWS));
    clock.advance(Duration.ofMinutes(59).toNanos());
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.statistics().keysSeconds()).isEqualTo(59 * 60);
    clock.advance(Duration.ofMinutes(2).toNanos());
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
  }

  @Test
  void refusesWhileTheDiskIsFullAndTakesTheSameKeyLater() {
    log.full(true);
    assertThatThrownBy(() -> capture.take(post("k", ROWS)))
        .hasMessageContaining("nearly full")
        .extracting("code")
        .isEqualTo(ErrorCode.OVERLOADED);
    log.full(false);
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(capture.statistics().overloaded()).isEqualTo(1);
  }

  @Test
  void holdsNoMoreThanItMay() {
    Intake first = capture.intake();
    Intake second = capture.intake();
    Intake third = capture.intake();
    first.reserve(1_000);
    second.reserve(900);
    assertThatThrownBy(() -> third.reserve(101))
        .hasMessageContaining("1900 bytes wait for the disk, and 2000 may")
        .extracting("code")
        .isEqualTo(ErrorCode.OVERLOADED);
    assertThatThrownBy(() -> third.reserve(1_001))
        .extracting("code")
        .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    second.close();
    third.reserve(1_000);
    assertThat(capture.statistics().waitingBytes()).isEqualTo(2_000);
    first.close();
    third.close();
    assertThat(capture.statistics().waitingBytes()).isZero();
    assertThat(capture.statistics().overloaded()).isEqualTo(1);
  }

  @Test
  void takesAnEventOnce() {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/web\",\"type\":\"t\",\"data\":{\"id\":1}}";
    byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
    Post structured =
        new Post("clicks", "application/cloudevents+json", Map.of(), "", "", bytes, bytes.length);
    assertThat(capture.take(structured).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(capture.take(structured).outcome()).isEqualTo(Outcome.REPEATED);
    byte[] data = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);
    Post binary =
        new Post(
            "clicks",
            "application/json",
            Map.of("specversion", "1.0", "id", "8", "source", "/web", "type", "t"),
            "",
            "",
            data,
            data.length);
    assertThat(capture.take(binary).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(capture.take(binary).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(log.size()).isEqualTo(2);
  }

  @Test
  void writesNothingWithoutRows() {
    assertThat(capture.take(post("k", "[]"))).isEqualTo(new Posted(Outcome.WRITTEN, 0, List.of()));
    assertThat(log.size()).isZero();
  }

  @Test
  void saysWhichContentTypesItReads() {
    byte[] bytes = {'{', '}'};
    assertThatThrownBy(() ->
            capture.take(
                new Post(
                    "clicks",
                    "application/x-www-form-urlencoded",
                    Map.of(),
                    "",
                    "",
                    bytes,
                    bytes.length)))
        .hasMessageContaining("curl -H 'Content-Type: application/json'")
        .extracting("code")
        .isEqualTo(ErrorCode.REQUEST_INVALID);
  }

  @Test
  void needsAContractForEachTable() {
    HttpSource source =
        new HttpSource(
            settings, List.of("clicks", "views"), Map.of("clicks", CLICKS), () -> storage);
    SourceCheck check = source.check(Resume.FROM_NOTHING);
    assertThat(check.tables()).hasSize(1);
    assertThatThrownBy(check::orThrow)
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot post to table views of source web")
        .hasMessageContaining("contracts/views.yaml");
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }
}
