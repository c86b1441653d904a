package dev.freshet.bench.corrupt;

import dev.freshet.bench.corrupt.SampleDatabase.Outcome;
import dev.freshet.bench.corrupt.SampleDatabase.Unnoticed;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * {@code ./prove corrupt}: a bit of every byte of every file of a database is flipped, and every
 * file is cut to every length, one after the other. Each time the database must refuse to open and
 * name the damage, or answer rightly. Damage of what only the newest checkpoint needs it must name,
 * and answer rightly from the one before.
 */
public final class CorruptProof implements Proof {
  @Override
  public String name() {
    return "corrupt";
  }

  @Override
  public String summary() {
    return "every byte of a database's files flipped, every length cut (--every 1)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) {
    Options options = Options.of(arguments, "every");
    run(SampleDatabase.create(tally.seed()), (int) options.number("every", 1), tally);
  }

  /**
   * @param every takes one byte and one length of so many, the first at random
   */
  static void run(SampleDatabase sample, int every, Tally tally) {
    if (sample.newest().size() < 2) {
      tally.failed("the newest checkpoint has nothing of its own: " + sample.newest());
    }
    SplittableRandom random = new SplittableRandom(tally.seed());
    for (Map.Entry<String, byte[]> file : new TreeMap<>(sample.files()).entrySet()) {
      byte[] content = file.getValue();
      int[] seen = new int[Outcome.values().length];
      for (int at = random.nextInt(every); at < content.length; at += every) {
        byte[] flipped = content.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        check(sample, file.getKey(), flipped, "byte " + at + " flipped", seen, tally);
      }
      for (int length = random.nextInt(every); length < content.length; length += every) {
        byte[] cut = Arrays.copyOf(content, length);
        check(sample, file.getKey(), cut, "cut to " + length + " bytes", seen, tally);
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %,d bytes, %,d damages refused, %,d told and answered from another checkpoint, %,d without"
              + " effect on any answer%n",
          file.getKey(),
          content.length,
          seen[Outcome.DETECTED.ordinal()],
          seen[Outcome.FELL_BACK.ordinal()],
          seen[Outcome.RIGHT.ordinal()]);
    }
  }

  private static void check(
      SampleDatabase sample, String path, byte[] content, String what, int[] seen, Tally tally) {
    try {
      Outcome outcome = sample.with(path, content);
      seen[outcome.ordinal()]++;
      if (sample.newest().contains(path) && outcome != Outcome.FELL_BACK) {
        tally.failed(
            path
                + ", "
                + what
                + ": "
                + outcome
                + " instead of an answer from the checkpoint before");
      } else {
        tally.passed();
      }
    } catch (Unnoticed e) {
      tally.failed(path + ", " + what + ": " + e.getMessage());
    }
  }
}
