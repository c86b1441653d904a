package dev.freshet.bench.corrupt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The proof in short, and that it finds what it is there to find. */
class CorruptProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Tally tally(long seed) {
    return new Tally("corrupt", seed, new PrintStream(out, true));
  }

  @Test
  void takesNoDamagedFileForASoundOne() {
    long seed = System.nanoTime();
    Tally tally = tally(seed);
    SampleDatabase sample = SampleDatabase.create(seed);
    assertThat(sample.files().keySet().stream().map(path -> path.replaceAll("[0-9a-f]{16,}", "N")))
        .contains("log/N.log", "state/manifest-N", "state/state-N.run");
    assertThat(sample.newest()).hasSizeGreaterThanOrEqualTo(2);
    CorruptProof.run(sample, 97, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void answersFromTheCheckpointBeforeADamagedOne() throws Exception {
    SampleDatabase sample = SampleDatabase.create(1);
    for (String path : sample.newest()) {
      byte[] content = sample.files().get(path).clone();
      content[content.length / 2] ^= 1;
      assertThat(sample.with(path, content)).isEqualTo(SampleDatabase.Outcome.FELL_BACK);
    }
  }

  /** Where only one checkpoint is kept, there is none to fall back to. */
  @Test
  void findsThatThereIsNothingToFallBackTo() {
    SampleDatabase kept = SampleDatabase.create(1, SampleDatabase.OPTIONS.withCheckpointKeep(1));
    Set<String> newest = new HashSet<>(kept.files().keySet());
    newest.removeIf(path -> !path.startsWith("state/"));
    Tally tally = tally(1);
    CorruptProof.run(new SampleDatabase(kept.files(), kept.answers(), newest), 97, tally);
    assertThat(tally.holds()).isFalse();
    assertThat(out.toString()).contains("DETECTED instead of an answer from the checkpoint before");
  }

  /** Whoever is told of damage must be told where. */
  @Test
  void findsThatARefusalNamesAnotherFile() {
    SampleDatabase sample = SampleDatabase.create(1);
    String log =
        sample.files().keySet().stream()
            .filter(p -> p.startsWith("log/"))
            .findFirst()
            .orElseThrow();
    Map<String, byte[]> files = new HashMap<>(sample.files());
    byte[] damaged = files.get(log).clone();
    damaged[damaged.length / 2] ^= 1;
    files.put(log, damaged);
    SampleDatabase other = new SampleDatabase(files, sample.answers(), sample.newest());
    assertThatThrownBy(() -> other.with("definitions", sample.files().get("definitions")))
        .isInstanceOf(SampleDatabase.Unnoticed.class)
        .hasMessageStartingWith("refused, but does not name the file: STORAGE_DAMAGED")
        .hasMessageContaining(log);
  }

  /** Only of a log that was cut may the offsets be told in place of the file. */
  @Test
  void findsThatARefusalOfAChangedByteNamesNoFile() throws Exception {
    SampleDatabase sample = SampleDatabase.create(1);
    String log =
        sample.files().keySet().stream()
            .filter(p -> p.startsWith("log/"))
            .findFirst()
            .orElseThrow();
    byte[] sound = sample.files().get(log);
    byte[] cut = Arrays.copyOf(sound, sound.length / 2);
    assertThat(sample.with(log, cut)).isEqualTo(SampleDatabase.Outcome.DETECTED);

    Map<String, byte[]> files = new HashMap<>(sample.files());
    files.put(log, cut);
    SampleDatabase other = new SampleDatabase(files, sample.answers(), sample.newest());
    byte[] changed = cut.clone();
    changed[cut.length - 1] ^= 1;
    assertThatThrownBy(() -> other.with(log, changed))
        .isInstanceOf(SampleDatabase.Unnoticed.class)
        .hasMessageStartingWith("refused, but does not name the file: STORAGE_DAMAGED")
        .hasMessageContaining("the log holds");
  }

  /** A database that answers otherwise than it should is what unnoticed damage looks like. */
  @Test
  void findsWrongAnswers() throws Exception {
    SampleDatabase sample = SampleDatabase.create(1);
    byte[] sound = sample.files().get("definitions");
    assertThat(sample.with("definitions", sound)).isEqualTo(SampleDatabase.Outcome.RIGHT);

    List<String> others = sample.answers().subList(1, sample.answers().size());
    SampleDatabase other = new SampleDatabase(sample.files(), others, sample.newest());
    assertThatThrownBy(() -> other.with("definitions", sound))
        .isInstanceOf(SampleDatabase.Unnoticed.class)
        .hasMessageContaining("opened, and answers");
    for (String path : sample.newest()) {
      assertThatThrownBy(() -> other.with(path, new byte[0]))
          .isInstanceOf(SampleDatabase.Unnoticed.class)
          .hasMessageContaining("opened, and answers");
    }
  }
}
