package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A naive keyed table with the columns of {@link LakeTest#SCHEMA}, and random changes to it. */
final class TestModel {
  private final Random random;
  private final int keys;
  private final Map<Long, Object[]> rows = new TreeMap<>();

  TestModel(Random random, int keys) {
    this.random = random;
    this.keys = keys;
  }

  List<String> rows() {
    return rows.values().stream().map(Arrays::toString).toList();
  }

  /** Changes some keys, and returns the consolidated delta in random order. */
  Batch change(int changes) {
    Map<Long, Object[]> before = new HashMap<>(rows);
    for (int i = 0; i < changes; i++) {
      long key = random.nextInt(keys);
      if (random.nextInt(3) == 0) {
        rows.remove(key);
      } else {
        rows.put(
            key,
            new Object[] {
              key, random.nextInt(5) == 0 ? null : "n" + random.nextInt(9), random.nextDouble()
            });
      }
    }
    BatchBuilder delta = new BatchBuilder(LakeTest.SCHEMA, changes);
    for (long key = 0; key < keys; key++) {
      Object[] old = before.get(key);
      Object[] now = rows.get(key);
      boolean newFirst = random.nextBoolean();
      if (now != null && !Arrays.equals(now, old) && newFirst) {
        delta.row(1, now);
      }
      if (old != null && !Arrays.equals(now, old)) {
        delta.row(-1, old);
      }
      if (now != null && !Arrays.equals(now, old) && !newFirst) {
        delta.row(1, now);
      }
    }
    return delta.build();
  }
}
