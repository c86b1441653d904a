package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.log.LogContract;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every small damage of a small log, one after the other. */
class DamageTest {
  private static final LogSettings SETTINGS =
      LogSettings.DEFAULT.withSegmentBytes(400).withBatchBytes(150).withReadBlockBytes(256);
  private static final String DIRECTORY = "log";

  private final SimulatedClock clock = new SimulatedClock();

  /** Files of a log of three segments; its records are their own offsets as text. */
  private record Sample(Map<String, byte[]> files, int records, int recordsBeforeLastCommit) {
    String lastPath() {
      return files.keySet().stream().reduce((_, b) -> b).orElseThrow();
    }
  }

  private enum End {
    CLOSED,
    KILLED
  }

  private SimulatedStorage storage() {
    return new SimulatedStorage(clock, new Trace(), 1);
  }

  private Sample sample(End end) {
    SimulatedStorage storage = storage();
    EmbeddedLog log = EmbeddedLog.open(storage, DIRECTORY, clock, SETTINGS);
    int records = 0;
    int before = 0;
    for (int commit = 0; commit < 8; commit++) {
      before = records;
      for (int i = 0; i < 4; i++) {
        byte[] bytes = ("r" + records++).getBytes(StandardCharsets.UTF_8);
        log.append(new LogRecord("s", bytes, ChangeSet.Part.LAST, 0, 1, bytes, 0, bytes.length));
      }
      log.flush();
    }
    if (end == End.CLOSED) {
      log.close();
    }
    Map<String, byte[]> files = new TreeMap<>();
    storage.paths().forEach(path -> files.put(path, storage.content(path)));
    assertThat(files).hasSize(3);
    return new Sample(files, records, before);
  }

  /** How many records a log over these files shows; -1 when it says that they are damaged. */
  private int readable(Map<String, byte[]> files) {
    SimulatedStorage storage = storage();
    storage.createDirectories(DIRECTORY);
    files.forEach(storage::damage);
    int seen = 0;
    try (EmbeddedLog log = EmbeddedLog.open(storage, DIRECTORY, clock, SETTINGS);
        LogReader reader = log.read(log.startOffset())) {
      assertThat(log.startOffset()).isZero();
      while (reader.next()) {
        String text =
            new String(reader.bytes(), reader.start(), reader.length(), StandardCharsets.UTF_8);
        assertThat(text).isEqualTo("r" + seen);
        assertThat(reader.source()).isEqualTo("s");
        assertThat(reader.position()).asString(StandardCharsets.UTF_8).isEqualTo(text);
        seen++;
      }
      if (seen > 0) {
        assertThat(log.lastPosition("s").orElseThrow().offset()).isEqualTo(seen - 1);
      }
      return seen;
    } catch (FreshetException e) {
      assertThat(e.code()).isIn(ErrorCode.STORAGE_DAMAGED, ErrorCode.FORMAT_UNKNOWN);
      assertThat(e).hasMessageContaining(DIRECTORY + "/0000000000");
      return -1;
    }
  }

  private static Map<String, byte[]> with(Sample sample, String path, byte[] content) {
    Map<String, byte[]> files = new TreeMap<>(sample.files());
    files.put(path, content);
    return files;
  }

  private static List<byte[]> flips(byte[] content) {
    List<byte[]> flipped = new ArrayList<>();
    for (int i = 0; i < content.length * 8; i++) {
      byte[] copy = content.clone();
      copy[i >> 3] ^= (byte) (1 << (i & 7));
      flipped.add(copy);
    }
    return flipped;
  }

  @Test
  void readsTheUndamagedSample() {
    for (End end : End.values()) {
      Sample sample = sample(end);
      assertThat(readable(sample.files())).isEqualTo(sample.records());
    }
  }

  @Test
  void noticesEveryFlippedBitAfterACleanClose() {
    Sample sample = sample(End.CLOSED);
    int harmless = 0;
    for (Map.Entry<String, byte[]> file : sample.files().entrySet()) {
      for (byte[] flipped : flips(file.getValue())) {
        int seen = readable(with(sample, file.getKey(), flipped));
        assertThat(seen).isIn(-1, sample.records());
        harmless += seen >= 0 ? 1 : 0;
      }
    }
    assertThat(harmless).as("flips in the closing mark").isEqualTo(BatchFormat.HEADER * 8);
  }

  @Test
  void cutsNothingButTheLastCommitForAFlippedBitAfterACrash() {
    Sample sample = sample(End.KILLED);
    for (Map.Entry<String, byte[]> file : sample.files().entrySet()) {
      for (byte[] flipped : flips(file.getValue())) {
        int seen = readable(with(sample, file.getKey(), flipped));
        assertThat(seen == -1 || seen >= sample.recordsBeforeLastCommit()).isTrue();
      }
    }
  }

  @Test
  void showsNoWrongRecordForAnyTruncation() {
    for (End end : End.values()) {
      Sample sample = sample(end);
      for (Map.Entry<String, byte[]> file : sample.files().entrySet()) {
        boolean last = file.getKey().equals(sample.lastPath());
        for (int length = 0; length < file.getValue().length; length++) {
          byte[] cut = Arrays.copyOf(file.getValue(), length);
          int seen = readable(with(sample, file.getKey(), cut));
          assertThat(last || seen == -1).as("%s cut to %s", file.getKey(), length).isTrue();
        }
      }
    }
  }

  @Test
  void noticesALostSegmentBeforeTheLast() {
    Sample sample = sample(End.KILLED);
    List<String> paths = List.copyOf(sample.files().keySet());
    Map<String, byte[]> files = new TreeMap<>(sample.files());
    files.remove(paths.get(1));
    assertThat(readable(files)).isEqualTo(-1);
  }

  @Test
  void noticesExchangedBatches() {
    Sample sample = sample(End.KILLED);
    String path = sample.lastPath();
    byte[] content = sample.files().get(path);
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + BatchFormat.HEADER <= content.length; at++) {
      if (Bytes.intAt(content, at) == BatchFormat.MAGIC) {
        starts.add(at);
      }
    }
    int first = starts.get(0);
    int length = Bytes.intAt(content, first + BatchFormat.LENGTH);
    byte[] exchanged = content.clone();
    System.arraycopy(content, starts.get(1), exchanged, first, length);
    assertThat(readable(with(sample, path, exchanged))).isEqualTo(-1);
  }

  @Test
  void namesFileAndByteOfDamage() {
    Sample sample = sample(End.CLOSED);
    String path = sample.lastPath();
    byte[] content = sample.files().get(path).clone();
    int batch = Bytes.intAt(content, 12); // the header's length
    content[batch + BatchFormat.HEADER] ^= 1;
    SimulatedStorage storage = storage();
    storage.createDirectories(DIRECTORY);
    with(sample, path, content).forEach(storage::damage);
    assertThatThrownBy(() -> EmbeddedLog.open(storage, DIRECTORY, clock, SETTINGS))
        .satisfies(LogContract.code(ErrorCode.STORAGE_DAMAGED))
        .hasMessageContaining(path + " is damaged at byte " + batch)
        .hasMessageContaining("later commits stand behind it");
    assertThat(storage.content(path)).isEqualTo(content);
  }

  @Test
  void refusesAFormatOfANewerVersion() {
    Sample sample = sample(End.CLOSED);
    byte[] content = sample.files().get(sample.lastPath()).clone();
    Bytes.putInt(content, 8, 2);
    SimulatedStorage storage = storage();
    storage.createDirectories(DIRECTORY);
    with(sample, sample.lastPath(), content).forEach(storage::damage);
    assertThatThrownBy(() -> EmbeddedLog.open(storage, DIRECTORY, clock, SETTINGS))
        .satisfies(LogContract.code(ErrorCode.FORMAT_UNKNOWN))
        .hasMessageContaining("has format 2");
  }
}
