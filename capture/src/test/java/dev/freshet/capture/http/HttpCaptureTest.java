package dev.freshet.capture.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.http.FakeLog.Syncs;
import dev.freshet.capture.http.Posted.Outcome;
import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
      new HttpSettings("web", 1_000, 2_000, Duration.ofHours(1), 10_000, UnknownFields.REFUSE);
  private HttpCapture capture;

  @BeforeEach
  void start() {
    start(storage, HttpCapture.PATIENCE);
  }

  private void start(Storage files, Duration patience) {
    HttpSource source =
        new HttpSource(
            settings, List.of("clicks"), Map.of("clicks", CLICKS), () -> files, patience);
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
  void takesNoRowsOfATableThatIsPaused() throws InterruptedException {
    PausedTables paused = PausedTables.ofProcess();
    HttpSource source =
        new HttpSource(settings, List.of("clicks"), Map.of("clicks", CLICKS), () -> storage)
            .pausing(paused);
    capture.close();
    log.follows(source.start(Scheduler.threads(), clock, log.resume(), log));
    capture = source.capture();
    assertThat(capture.take(post("before", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    paused.pause(List.of("clicks"));
    capture.wake();
    assertThat(paused.awaitNoticed(10_000)).isTrue();
    assertThatThrownBy(() -> capture.take(post("k", ROWS)))
        .hasMessageContaining("Cannot take rows of clicks now: the table is paused.")
        .extracting("code")
        .isEqualTo(ErrorCode.NOT_RUNNING);
    assertThat(capture.take(post("before", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(log.size()).isEqualTo(1);
    paused.resume(List.of("clicks"));
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
  }

  @Test
  void writesARequestWithAKeyOnce() {
    Posted first = capture.take(post("k", ROWS));
    assertThat(capture.take(post("k", ROWS)))
        .isEqualTo(new Posted(Outcome.REPEATED, 1, first.refused()));
    assertThat(capture.take(post("\"k\"", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.take(post("other", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(log.size()).isEqualTo(2);
    assertThatThrownBy(() -> capture.take(post("\"\"", ROWS)))
        .hasMessageContaining("Cannot take an empty idempotency key");
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
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void knowsTheKeysFromTheirFileWhenTheLogHasThemNoMore() {
    Posted first = capture.take(post("k", ROWS));
    capture.close(); // saves them
    log.retire();
    start();
    assertThat(capture.take(post("k", ROWS))).isEqualTo(first.repeated());
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void doesNotBelieveKeysOfRowsThatTheLogHasLost() {
    capture.take(post("a", ROWS));
    capture.take(post("b", ROWS));
    capture.close(); // saves them
    log.loseLast(1);
    start();
    assertThat(capture.take(post("a", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.take(post("b", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void believesTheFileAsLittleWhenTheLogHasGrownAsLongAgain(int lost) {
    capture.take(post("a", ROWS));
    capture.take(post("b", ROWS));
    capture.close(); // saves them
    log.loseLast(lost);
    start();
    capture.take(post("c", ROWS));
    capture.take(post("d", ROWS));
    restartAfterKill();
    assertThat(capture.take(post("c", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.take(post("d", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(capture.take(post("b", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
  }

  /** Else keys that are saved in between could lack some that the log is not read for again. */
  @Test
  void learnsKeysInTheOrderOfTheLogWhoeverTellsThatTheyAreDurable() throws Exception {
    int count = 5_000;
    log.syncs(Syncs.WHEN_TOLD);
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        String key = "k" + i;
        senders.execute(() -> capture.take(post(key, "{\"id\": 1}")));
        int size = i + 1;
        await(() -> log.size() == size);
        clock.advance(1_000);
      }
      byte[] last = log.read(count - 1).position();
      byte[] beforeLast = log.read(count - 2).position();
      Future<?> most = senders.submit(() -> capture.acknowledged(beforeLast));
      await(() -> capture.statistics().keys() > 0);
      capture.acknowledged(last);
      most.get();
    }
    capture.close(); // saves them
    KnownKeys saved = new KnownKeys(count, Long.MAX_VALUE);
    assertThat(new KeysFile(storage, "sources/web.keys").read(saved, count).number())
        .isEqualTo(count);
    ByteWriter out = new ByteWriter(64);
    saved.write(out);
    ByteReader in = new ByteReader(out.array(), 0, out.length());
    List<Long> times = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      times.add(in.readLongs(5)[4]);
      in.readLong(); // accepted, and no refused rows
    }
    assertThat(times).hasSize(count).isSorted();
  }

  @Test
  void refusesWhatComesBehindARequestThatTheDiskHoldsUp() throws Exception {
    impatient();
    log.hold();
    CompletableFuture<Posted> held =
        CompletableFuture.supplyAsync(() -> capture.take(post("held", ROWS)));
    await(log::isHeld);
    assertThatThrownBy(() -> capture.take(post("k", ROWS)))
        .hasMessageContaining("nothing was written")
        .extracting("code")
        .isEqualTo(ErrorCode.OVERLOADED);
    assertThat(capture.statistics().overloaded()).isEqualTo(1);
    log.release();
    assertThat(held.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(log.size()).isEqualTo(2);
  }

  @Test
  void closesThoughTheDiskHoldsUpARequest() {
    impatient();
    log.hold();
    CompletableFuture<Posted> held =
        CompletableFuture.supplyAsync(() -> capture.take(post("held", ROWS)));
    await(log::isHeld);
    capture.close();
    log.release();
    assertThatThrownBy(held::join)
        .hasMessageContaining("Cannot tell whether the rows are written")
        .cause()
        .extracting("code")
        .isEqualTo(ErrorCode.NOT_RUNNING);
    assertThatThrownBy(() -> capture.take(post("k", ROWS)))
        .extracting("code")
        .isEqualTo(ErrorCode.NOT_RUNNING);
    start();
    assertThat(capture.take(post("held", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
  }

  @Test
  void takesNothingMoreOnceTheLogHasADefect() {
    impatient();
    log.syncs(Syncs.WHEN_TOLD);
    log.breakAfterAppending();
    assertThatThrownBy(() -> capture.take(post("k", ROWS))).hasMessage("of the test");
    log.mend();
    log.syncs(Syncs.AT_ONCE);
    for (String key : List.of("k", "other")) { // it is not known whether the first is written
      assertThatThrownBy(() -> capture.take(post(key, ROWS)))
          .hasMessageContaining("restart the project")
          .extracting("code")
          .isEqualTo(ErrorCode.NOT_RUNNING);
    }
    assertThat(capture.status().state()).isEqualTo(State.FAILED);
    assertThat(capture.status().lastError()).contains("of the test");
    log.sync();
    capture.close();
    start();
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void closesThoughTheDiskDoesNotTakeTheKeys() throws Exception {
    capture.close();
    AtomicBoolean answers = new AtomicBoolean();
    start(savingKeys(() -> await(answers::get)), Duration.ofMillis(20));
    capture.take(post("k", ROWS));
    CompletableFuture<Void> closing = CompletableFuture.runAsync(capture::close);
    try {
      closing.get(20, TimeUnit.SECONDS);
    } finally {
      answers.set(true);
    }
  }

  /** The storage of the test; before the keys are saved, something happens. */
  private Storage savingKeys(Runnable before) {
    return new ForwardingStorage(storage) {
      @Override
      public void writeAtomically(String path, byte[] bytes) {
        before.run();
        super.writeAtomically(path, bytes);
      }
    };
  }

  /** From now on what waits for the disk waits only for a moment. */
  private void impatient() {
    capture.close();
    start(storage, Duration.ofMillis(20));
  }

  @Test
  void goesOnWhenTheKeysCannotBeSavedForWhateverReason() {
    capture.close();
    Storage broken =
        savingKeys(() -> {
          throw new LinkageError("of the test");
        });
    start(broken, HttpCapture.PATIENCE);
    assertThat(capture.take(post("k", ROWS)).outcome()).isEqualTo(Outcome.WRITTEN);
    capture.close();
    assertThat(capture.status().lastError())
        .contains("Cannot save the idempotency keys")
        .contains("of the test");
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
  void holdsNoMoreOfWhatComesOfBodiesThanItMay() {
    BinaryBodies avro =
        (contract, _, _) ->
            (change, _, _, room) -> {
              room.reserve(600);
              room.reserve(1_000);
              assertThat(capture.statistics().waitingBytes()).isEqualTo(2_000);
              return new RowsBuilder(contract, change, 1).build();
            };
    HttpSource source =
        new HttpSource(settings, List.of("clicks"), Map.of("clicks", CLICKS), () -> storage, avro);
    capture.close();
    source.start(Scheduler.threads(), clock, log.resume(), log);
    capture = source.capture();
    Post post = new Post("clicks", "application/avro", Map.of(), "", "key", new byte[0], 0);
    Intake other = capture.intake();
    other.reserve(1_000);
    Intake more = capture.intake();
    more.reserve(1);
    assertThatThrownBy(() -> capture.take(post))
        .hasMessageContaining("1601 bytes wait for the disk, and 2000 may")
        .extracting("code")
        .isEqualTo(ErrorCode.OVERLOADED);
    more.close();
    assertThat(capture.take(post).accepted()).isZero();
    assertThat(capture.statistics().waitingBytes()).isEqualTo(1_000);
    other.close();
  }

  @Test
  void refusesABodyWhoseNestedValuesBecomeTooMuch() {
    StringBuilder row = new StringBuilder("ROW<a0 DECIMAL(38, 0)");
    for (int i = 1; i < 100; i++) {
      row.append(", a").append(i).append(" DECIMAL(38, 0)");
    }
    Schema wide =
        Schema.of(
            Column.nullable("v", TypeParser.parse(row.append("> ARRAY").toString())),
            Column.nullable("n", TypeParser.parse("BIGINT ARRAY")));
    Map<String, Contract> contracts =
        Map.of("clicks", new Contract("clicks", wide, List.of(), "", ""));
    HttpSettings larger =
        new HttpSettings(
            "web", 500_000, 4_000_000, Duration.ofHours(1), 10_000, UnknownFields.REFUSE);
    HttpSource source = new HttpSource(larger, List.of("clicks"), contracts, () -> storage);
    capture.close();
    log.follows(source.start(Scheduler.threads(), clock, log.resume(), log));
    capture = source.capture();
    String objects = "[{}" + ",{}".repeat(1_000) + "]";
    assertThat(capture.take(post("", "{\"v\":" + objects + "}")).accepted()).isEqualTo(1);
    assertThatThrownBy(() ->
            capture.take(
                post("", "[{\"v\":" + objects + "},{\"v\":[{}]}," + "{\"v\":" + objects + "}]")))
        .hasMessageStartingWith(
            "Cannot take a body whose nested values take more than 2000000 bytes. Each field")
        .extracting("code")
        .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThat(capture.statistics().waitingBytes()).isZero();
    Intake other = capture.intake();
    other.reserve(500_000);
    String digits = "[1" + ",2".repeat(220_000) + "]"; // the shortest elements that there are
    assertThat(capture.take(post("", "{\"n\":" + digits + "}")).accepted()).isEqualTo(1);
    other.close();
  }

  @Test
  void nestedValuesTakeRoom() {
    Schema nested = Schema.of(Column.nullable("v", TypeParser.parse("BIGINT ARRAY")));
    Map<String, Contract> contracts =
        Map.of("clicks", new Contract("clicks", nested, List.of(), "", ""));
    HttpSource source = new HttpSource(settings, List.of("clicks"), contracts, () -> storage);
    capture.close();
    log.follows(source.start(Scheduler.threads(), clock, log.resume(), log));
    capture = source.capture();
    Intake other = capture.intake();
    other.reserve(800);
    Post post = post("", "{\"v\":[1" + ",1".repeat(99) + "]}");
    assertThat(capture.take(post).accepted()).isEqualTo(1);
    Intake more = capture.intake();
    more.reserve(900);
    assertThatThrownBy(() -> capture.take(post)).extracting("code").isEqualTo(ErrorCode.OVERLOADED);
    more.close();
    other.close();
    assertThat(capture.statistics().waitingBytes()).isZero();
  }

  /** An event as one JSON object; the attributes are text, such as {@code "a":"b",}. */
  private static Post structured(String attributes, String data) {
    String event = "{" + attributes + "\"data\":" + data + "}";
    byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
    return new Post(
        "clicks", "application/cloudevents+json", Map.of(), "", "", bytes, bytes.length);
  }

  /** An event whose attributes are headers. */
  private static Post binary(Map<String, String> attributes, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return new Post("clicks", "application/json", attributes, "", "", bytes, bytes.length);
  }

  @Test
  void takesAnEventOnceHoweverItCame() {
    String attributes = "\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/web\",\"type\":\"t\",";
    Map<String, String> headers =
        Map.of("specversion", "1.0", "id", "8", "source", "/web", "type", "t");
    Map<String, String> traced = new HashMap<>(headers);
    traced.put("traceparent", "00-2");
    assertThat(capture.take(structured(attributes, "{\"id\":1}")).outcome())
        .isEqualTo(Outcome.WRITTEN);
    assertThat(capture.take(binary(headers, "{\"id\":1}")).outcome()).isEqualTo(Outcome.WRITTEN);
    List<Post> again =
        List.of(
            structured(attributes, "{\"id\":1}"),
            structured(attributes + "\"traceparent\":\"00-1\",", "{\"id\":1}"),
            binary(headers, "{\"id\":1}"),
            binary(traced, "{\"id\":1}"),
            structured(attributes.replace('7', '8'), "{\"id\":1}"));
    for (Post post : again) {
      assertThat(capture.take(post).outcome()).isEqualTo(Outcome.REPEATED);
    }
    Map<String, String> otherType = new HashMap<>(headers);
    otherType.put("type", "u");
    List<Post> others =
        List.of(
            structured(attributes, "{\"id\":2}"),
            structured(attributes.replace("\"t\"", "\"u\""), "{\"id\":1}"),
            binary(headers, "{\"id\":2}"),
            binary(otherType, "{\"id\":1}"));
    for (Post post : others) {
      assertThatThrownBy(() -> capture.take(post))
          .extracting("code")
          .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
    }
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
