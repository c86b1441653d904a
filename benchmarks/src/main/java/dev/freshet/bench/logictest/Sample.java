package dev.freshet.bench.logictest;

import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.core.error.Check;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Which queries run. A stratum is a folder of the corpus, or a script that stands in none; each
 * gets the same share, and of a stratum several scripts get a part. What a small stratum leaves
 * goes to the larger ones.
 *
 * @param queries how many run in all
 * @param perScript how many of one script, at most
 */
record Sample(long seed, long queries, int perScript) {
  /** So that a stratum is more than one of its scripts. */
  private static final int PER_SCRIPT_MAX = 1_500;

  Sample {
    Check.that(queries > 0 && perScript > 0, "a sample is not empty");
  }

  /** Every query. */
  static Sample all(long seed) {
    return new Sample(seed, Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** About so many queries. */
  static Sample of(long queries, long seed) {
    return new Sample(seed, queries, PER_SCRIPT_MAX);
  }

  /**
   * The paths by stratum, each in the order in which they are taken; the smallest stratum first.
   */
  List<List<String>> strata(List<String> paths) {
    Map<String, List<String>> strata = new TreeMap<>();
    for (String path : paths) {
      strata.computeIfAbsent(stratum(path), _ -> new ArrayList<>()).add(path);
    }
    SplittableRandom random = new SplittableRandom(seed);
    strata.values().forEach(scripts -> Collections.shuffle(scripts, java.util.Random.from(random)));
    List<List<String>> smallestFirst = new ArrayList<>(strata.values());
    smallestFirst.sort((a, b) -> Integer.compare(a.size(), b.size()));
    return smallestFirst;
  }

  /** {@code random/select} of {@code random/select/slt_good_1.test}. */
  static String stratum(String path) {
    String[] parts = path.split("/");
    return parts.length <= 2 ? parts[0] : parts[0] + "/" + parts[1];
  }

  /** The positions of the queries of a script that run, {@code most} at most. */
  BitSet queries(Corpus.Script script, long most) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < script.records().size(); i++) {
      if (script.records().get(i) instanceof Query) {
        positions.add(i);
      }
    }
    long limit = Math.min(perScript, most);
    if (positions.size() > limit) {
      SplittableRandom random = new SplittableRandom(seed ^ script.path().hashCode());
      Collections.shuffle(positions, java.util.Random.from(random));
    }
    BitSet chosen = new BitSet();
    positions.stream().limit(limit).forEach(chosen::set);
    return chosen;
  }
}
