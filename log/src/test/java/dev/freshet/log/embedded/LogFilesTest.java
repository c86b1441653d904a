package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.log.LogContract;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.LogFiles.SegmentReport;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looking at a log's files beside the log that writes them, and at damaged ones. */
class LogFilesTest {
  private static final LogSettings SETTINGS =
      LogSettings.DEFAULT.withSegmentBytes(400).withBatchBytes(150).withReadBlockBytes(256);
  private static final String DIRECTORY = "log";

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
  private int appended;

  private LogFiles files() {
    return LogFiles.of(storage, DIRECTORY, SETTINGS);
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(storage, DIRECTORY, clock, SETTINGS);
  }

  private void append(EmbeddedLog log, int count) {
    for (int i = 0; i < count; i++, appended++) {
      byte[] bytes = ("r" + appended).getBytes(StandardCharsets.UTF_8);
      log.append(
          new LogRecord(
              "s", bytes, ChangeSet.Part.LAST, appended * 10L, 2, bytes, 0, bytes.length));
    }
    log.flush();
  }

  /** A log of several segments, ended by a crash. */
  private void write() {
    EmbeddedLog log = open();
    for (int commit = 0; commit < 8; commit++) {
      append(log, 4);
    }
    assertThat(storage.list(DIRECTORY)).hasSize(3);
  }

  private void flip(String path, int at) {
    byte[] content = storage.content(path);
    content[at] ^= 1;
    storage.damage(path, content);
  }

  private static List<String> texts(LogFiles.View view, long from) {
    List<String> texts = new ArrayList<>();
    try (LogReader reader = view.read(from)) {
      while (reader.next()) {
        texts.add(
            new String(reader.bytes(), reader.start(), reader.length(), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  @Test
  void readsWhatAnOpenLogHasCommitted() {
    EmbeddedLog log = open();
    append(log, 30);
    LogFiles.View before = files().view();
    append(log, 3);
    assertThat(before.durableOffset()).isEqualTo(30);
    assertThat(texts(before, 28)).containsExactly("r28", "r29");
    assertThat(texts(files().view(), 28)).containsExactly("r28", "r29", "r30", "r31", "r32");
    assertThat(files().view().offsetAt(281)).isEqualTo(29);
    append(log, 1);
    assertThat(log.durableOffset()).isEqualTo(34);
  }

  @Test
  void countsWhatEachSegmentHolds() {
    write();
    List<String> seen = new ArrayList<>();
    List<SegmentReport> reports = files().verify(each -> seen.add(text(each)));
    assertThat(seen).hasSize(32).startsWith("r0", "r1").endsWith("r31");
    assertThat(reports).hasSize(3).noneMatch(SegmentReport::isDamaged);
    assertThat(reports.stream().mapToLong(SegmentReport::records).sum()).isEqualTo(32);
    assertThat(reports.stream().mapToLong(SegmentReport::rows).sum()).isEqualTo(64);
    assertThat(reports.getFirst().firstIngestMicros()).isZero();
    assertThat(reports.getLast().lastIngestMicros()).isEqualTo(310);
    assertThat(reports).allMatch(each -> each.tornBytes() == 0);
  }

  private static String text(LogRecord log) {
    return new String(log.bytes(), log.start(), log.length(), StandardCharsets.UTF_8);
  }

  @Test
  void namesEachDamagedSegmentAndReadsTheOthers() {
    write();
    List<String> paths = storage.list(DIRECTORY).stream().map(each -> "log/" + each).toList();
    for (int path = 0; path < 2; path++) {
      int length = storage.content(paths.get(path)).length;
      for (int at = 0; at < length; at++) {
        flip(paths.get(path), at);
        List<SegmentReport> reports = files().verify(_ -> {});
        assertThat(reports.get(path).isDamaged()).as("%s at %s", paths.get(path), at).isTrue();
        assertThat(reports.get(path).problem()).contains(paths.get(path));
        assertThat(reports.getLast().isDamaged()).isFalse();
        flip(paths.get(path), at);
      }
    }
    assertThat(files().verify(_ -> {})).noneMatch(SegmentReport::isDamaged);
  }

  @Test
  void noticesALostSegment() {
    write();
    String lost = "log/" + storage.list(DIRECTORY).get(1);
    storage.delete(lost);
    List<SegmentReport> reports = files().verify(_ -> {});
    assertThat(reports).hasSize(2);
    assertThat(reports.getLast().problem()).contains(lost, "missing");
    assertThatThrownBy(() -> files().view()).satisfies(LogContract.code(ErrorCode.STORAGE_DAMAGED));
  }

  @Test
  void tellsATornTailFromDamageAndChangesNothing() {
    write();
    String last = "log/" + storage.list(DIRECTORY).getLast();
    byte[] whole = storage.content(last);
    flip(last, whole.length - 1);
    byte[] torn = storage.content(last);
    SegmentReport report = files().verify(_ -> {}).getLast();
    assertThat(report.isDamaged()).isFalse();
    assertThat(report.tornBytes()).isPositive();
    assertThat(files().view().durableOffset()).isLessThan(32).isGreaterThanOrEqualTo(28);
    assertThat(storage.content(last)).isEqualTo(torn);
  }

  /**
   * A tail is cut, its sync fails, and a power cut brings it back behind segments written since.
   */
  @Test
  void readsOnBehindWhatIsLeftOfATornTail() {
    write();
    String path = "log/" + storage.list(DIRECTORY).get(1);
    byte[] content = storage.content(path);
    storage.damage(path, Arrays.copyOf(content, content.length + 6));
    storage.kill();

    assertThat(files().verify(_ -> {})).noneMatch(SegmentReport::isDamaged);
    assertThat(texts(files().view(), 0)).hasSize(32).endsWith("r31");
    try (EmbeddedLog log = open();
        LogReader reader = log.read(0)) {
      int count = 0;
      while (reader.next()) {
        count++;
      }
      assertThat(count).isEqualTo(32);
    }
  }

  @Test
  void countsARecordThatDoesNotDecodeAsDamage() {
    write();
    List<SegmentReport> reports =
        files()
            .verify(each -> {
              if (text(each).equals("r30")) {
                throw new IllegalStateException("a type of 99");
              }
            });
    assertThat(reports.getLast().problem()).contains("record 30 does not read: a type of 99");
  }

  @Test
  void saysThatThereIsNoLog() {
    assertThatThrownBy(this::files)
        .satisfies(LogContract.code(ErrorCode.NOT_FOUND))
        .hasMessageContaining("no segment file");
  }
}
