package dev.freshet.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link Log} must do. An implementation extends this class. */
public abstract class LogContract {
  /** Opens the log of this test; after {@link Log#close()} the same one again. */
  protected abstract Log open();

  /** As {@link #open()}, with the smallest pieces that retention can delete. */
  protected abstract Log openWithSmallSegments();

  protected static LogRecord record(String source, String text, ChangeSet.Part part) {
    byte[] bytes = ("xx" + text + "y").getBytes(StandardCharsets.UTF_8);
    byte[] position =
        ("at-" + text.substring(0, Math.min(20, text.length()))).getBytes(StandardCharsets.UTF_8);
    return new LogRecord(
        source, position, part, 1_000 + text.length(), 7, bytes, 2, bytes.length - 3);
  }

  protected static LogRecord record(String text) {
    return record("shop", text, ChangeSet.Part.LAST);
  }

  protected static List<String> texts(Log log, long from) {
    List<String> texts = new ArrayList<>();
    try (LogReader reader = log.read(from)) {
      while (reader.next()) {
        assertThat(reader.offset()).isEqualTo(from + texts.size());
        texts.add(text(reader));
      }
    }
    return texts;
  }

  protected static String text(LogReader reader) {
    return new String(reader.bytes(), reader.start(), reader.length(), StandardCharsets.UTF_8);
  }

  @Test
  void isEmptyAtFirst() {
    try (Log log = open()) {
      assertThat(log.startOffset()).isZero();
      assertThat(log.endOffset()).isZero();
      assertThat(log.durableOffset()).isZero();
      assertThat(log.lastPosition("shop")).isEmpty();
      assertThat(texts(log, 0)).isEmpty();
      log.flush();
    }
  }

  @Test
  void findsRecordsByTheTimeAtWhichTheyCameIn() {
    long[] times = new long[3_000];
    long time = 1_000;
    try (Log log = openWithSmallSegments()) {
      assertThat(log.offsetAt(0)).isZero();
      for (int i = 0; i < times.length; i++) {
        time += i % 7 == 0 ? 0 : i % 5;
        times[i] = time;
        byte[] bytes = "twenty bytes or more of it".getBytes(StandardCharsets.UTF_8);
        log.append(
            new LogRecord(
                "shop", new byte[0], ChangeSet.Part.LAST, time, 1, bytes, 0, bytes.length));
        if (i % 10 == 0) {
          log.flush();
        }
      }
      log.flush();
      assertFindsEach(log, times);
    }
    try (Log log = openWithSmallSegments()) {
      assertFindsEach(log, times);
    }
  }

  private static void assertFindsEach(Log log, long[] times) {
    for (long wanted = times[0] - 2; wanted <= times[times.length - 1] + 2; wanted += 3) {
      int expected = 0;
      while (expected < times.length && times[expected] < wanted) {
        expected++;
      }
      assertThat(log.offsetAt(wanted)).as("time %d", wanted).isEqualTo(expected);
    }
  }

  @Test
  void countsOffsetsFromZeroAcrossReopening() {
    try (Log log = open()) {
      assertThat(log.append(record("a"))).isEqualTo(0);
      assertThat(log.append(record("b"))).isEqualTo(1);
      log.flush();
      assertThat(log.append(record("c"))).isEqualTo(2);
    }
    try (Log log = open()) {
      assertThat(log.endOffset()).isEqualTo(3);
      assertThat(log.durableOffset()).isEqualTo(3);
      assertThat(log.append(record("d"))).isEqualTo(3);
      log.flush();
      assertThat(texts(log, 0)).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void keepsAllFieldsOfARecord() {
    try (Log log = open()) {
      log.append(record("source-ü", "payload", ChangeSet.Part.MORE));
      log.append(new LogRecord("s", new byte[0], ChangeSet.Part.RESTART, -5, 0, new byte[0], 0, 0));
      log.flush();
      try (LogReader reader = log.read(0)) {
        assertThat(reader.next()).isTrue();
        assertThat(reader.source()).isEqualTo("source-ü");
        assertThat(reader.position()).asString(StandardCharsets.UTF_8).isEqualTo("at-payload");
        assertThat(reader.part()).isEqualTo(ChangeSet.Part.MORE);
        assertThat(reader.ingestMicros()).isEqualTo(1_007);
        assertThat(reader.rowCount()).isEqualTo(7);
        assertThat(text(reader)).isEqualTo("payload");
        LogRecord copy = reader.record();
        assertThat(reader.next()).isTrue();
        assertThat(copy.copyOfBytes()).asString(StandardCharsets.UTF_8).isEqualTo("payload");
        assertThat(reader.source()).isEqualTo("s");
        assertThat(reader.part()).isEqualTo(ChangeSet.Part.RESTART);
        assertThat(reader.ingestMicros()).isEqualTo(-5);
        assertThat(reader.length()).isZero();
        assertThat(reader.next()).isFalse();
      }
    }
  }

  @Test
  void carriesChangeSets() {
    ChangeSet changes =
        new ChangeSet("shop", new byte[] {1}, 5, 6, 7, ChangeSet.Part.LAST, List.of());
    try (Log log = open()) {
      log.append(LogRecord.of(changes, new ByteWriter(16)));
      log.flush();
      try (LogReader reader = log.read(0)) {
        assertThat(reader.next()).isTrue();
        assertThat(reader.changes().ingestMicros()).isEqualTo(6);
        assertThat(reader.changes().transaction()).isEqualTo(7);
      }
    }
  }

  @Test
  void copiesTheBytesWhenAppending() {
    byte[] bytes = "before".getBytes(StandardCharsets.UTF_8);
    try (Log log = open()) {
      log.append(
          new LogRecord("s", new byte[0], ChangeSet.Part.LAST, 0, 1, bytes, 0, bytes.length));
      bytes[0] = 'X';
      log.flush();
      assertThat(texts(log, 0)).containsExactly("before");
    }
  }

  @Test
  void showsReadersOnlyWhatIsDurable() {
    try (Log log = open();
        LogReader reader = log.read(0)) {
      log.append(record("a"));
      assertThat(log.waitingBytes()).isPositive();
      assertThat(reader.next()).isFalse();
      log.flush();
      assertThat(log.waitingBytes()).isZero();
      log.append(record("b"));
      assertThat(reader.next()).isTrue();
      assertThat(text(reader)).isEqualTo("a");
      assertThat(reader.next()).isFalse();
      assertThat(reader.nextOffset()).isEqualTo(1);
      log.flush();
      assertThat(reader.next()).isTrue();
      assertThat(text(reader)).isEqualTo("b");
    }
  }

  @Test
  void readsFromAnyOffset() {
    List<String> all = IntStream.range(0, 500).mapToObj(i -> "record-" + i).toList();
    try (Log log = openWithSmallSegments()) {
      for (int i = 0; i < all.size(); i++) {
        log.append(record(all.get(i)));
        if (i % 7 == 0) {
          log.flush();
        }
      }
      log.flush();
      for (int from : new int[] {0, 1, 6, 7, 8, 123, 499, 500}) {
        assertThat(texts(log, from)).isEqualTo(all.subList(from, all.size()));
      }
    }
    try (Log log = openWithSmallSegments()) {
      for (int from : new int[] {0, 250, 499, 500}) {
        assertThat(texts(log, from)).isEqualTo(all.subList(from, all.size()));
      }
    }
  }

  @Test
  void refusesOffsetsThatItDoesNotHold() {
    try (Log log = open()) {
      log.append(record("a"));
      assertThatThrownBy(() -> log.read(2)).satisfies(code(ErrorCode.NOT_FOUND));
      assertThatThrownBy(() -> log.read(-1)).satisfies(code(ErrorCode.NOT_FOUND));
    }
  }

  @Test
  void remembersThePositionBehindTheLastCompleteTransaction() {
    try (Log log = open()) {
      log.append(record("a", "1", ChangeSet.Part.LAST));
      log.append(record("b", "2", ChangeSet.Part.MORE));
      log.append(record("a", "3", ChangeSet.Part.MORE));
      log.append(record("b", "4", ChangeSet.Part.LAST));
      log.append(record("b", "5", ChangeSet.Part.RESTART));
      assertThat(log.lastPosition("a")).as("not durable yet").isEmpty();
      log.flush();
      assertPositions(log);
    }
    try (Log log = open()) {
      assertPositions(log);
    }
  }

  private static void assertPositions(Log log) {
    SourcePosition a = log.lastPosition("a").orElseThrow();
    assertThat(a.position()).asString(StandardCharsets.UTF_8).isEqualTo("at-1");
    assertThat(a.offset()).isZero();
    SourcePosition b = log.lastPosition("b").orElseThrow();
    assertThat(b.position()).asString(StandardCharsets.UTF_8).isEqualTo("at-4");
    assertThat(b.offset()).isEqualTo(3);
    assertThat(log.lastPosition("c")).isEmpty();
  }

  @Test
  void remembersPositionsOfSourcesWhoseRecordsAreForgotten() {
    try (Log log = openWithSmallSegments()) {
      log.append(record("old", "1", ChangeSet.Part.LAST));
      for (int i = 0; i < 200; i++) {
        log.append(record("record-" + i));
        log.flush();
      }
      log.retain(150);
      assertThat(log.startOffset()).isBetween(1L, 150L);
      assertThatThrownBy(() -> log.read(0)).satisfies(code(ErrorCode.NOT_FOUND));
    }
    try (Log log = openWithSmallSegments()) {
      assertThat(log.startOffset()).isBetween(1L, 150L);
      assertThat(log.endOffset()).isEqualTo(201);
      assertThat(log.lastPosition("old").orElseThrow().offset()).isZero();
      assertThat(texts(log, 150)).hasSize(51).startsWith("record-149");
    }
  }

  @Test
  void neverForgetsWhatIsAskedToBeKept() {
    try (Log log = openWithSmallSegments()) {
      for (int i = 0; i < 100; i++) {
        log.append(record("record-" + i));
        log.flush();
      }
      log.retain(0);
      assertThat(log.startOffset()).isZero();
      log.retain(Long.MAX_VALUE);
      assertThat(log.startOffset()).isPositive();
      log.append(record("next"));
      log.flush();
      assertThat(texts(log, 100)).containsExactly("next");
    }
  }

  @Test
  void commitsByItselfAfterAShortDelay() throws Exception {
    CountDownLatch durable = new CountDownLatch(1);
    Scheduler.Handle commits;
    try (Log log = open()) {
      log.onDurable(offset -> {
        if (offset >= 2) {
          durable.countDown();
        }
      });
      commits = log.startCommits(Scheduler.threads());
      log.append(record("a"));
      log.append(record("b"));
      assertThat(durable.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(texts(log, 0)).containsExactly("a", "b");
    }
    assertThat(commits.join(10_000)).isTrue();
    assertThat(commits.failure()).isNull();
  }

  @Test
  void takesRecordsFromManyWriters() throws Exception {
    int writers = 4;
    int each = 2_000;
    try (Log log = open()) {
      log.startCommits(Scheduler.threads());
      List<Thread> threads = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        String source = "source-" + w;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    log.append(record(source, Integer.toString(i), ChangeSet.Part.LAST));
                    if (i % 500 == 0) {
                      log.flush();
                    }
                  }
                  log.flush();
                }));
      }
      int[] next = new int[writers];
      int seen = 0;
      try (LogReader reader = log.read(0)) {
        while (seen < writers * each) {
          if (!reader.next()) {
            Thread.onSpinWait();
            continue;
          }
          int writer = Integer.parseInt(reader.source().substring("source-".length()));
          assertThat(text(reader)).isEqualTo(Integer.toString(next[writer]++));
          seen++;
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(log.durableOffset()).isEqualTo((long) writers * each);
    }
  }

  @Test
  void refusesUseAfterClosing() {
    Log log = open();
    log.close();
    log.close();
    assertThatThrownBy(() -> log.append(record("a"))).satisfies(code(ErrorCode.STORAGE_FAILED));
    assertThatThrownBy(log::flush).satisfies(code(ErrorCode.STORAGE_FAILED));
  }

  public static Consumer<Throwable> code(ErrorCode expected) {
    return e -> {
      assertThat(e).isInstanceOf(FreshetException.class);
      assertThat(((FreshetException) e).code()).isEqualTo(expected);
    };
  }
}
