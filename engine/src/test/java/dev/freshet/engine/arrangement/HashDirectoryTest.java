package dev.freshet.engine.arrangement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class HashDirectoryTest {
  private final SplittableRandom random = new SplittableRandom(5);

  private static int expected(long[] hashes, int count, long hash, int from) {
    int row = from;
    while (row < count && hashes[row] < hash) {
      row++;
    }
    return row;
  }

  private void check(int count, LongSupplier hash) {
    long[] hashes = new long[count + 3]; // more than are meant
    Arrays.setAll(hashes, _ -> hash.getAsLong());
    Arrays.sort(hashes, 0, count);
    HashDirectory directory = new HashDirectory(hashes, count);
    for (int i = 0; i < 200; i++) {
      long near = hashes[random.nextInt(count)] + random.nextInt(3) - 1;
      for (long wanted : new long[] {near, hash.getAsLong(), Long.MIN_VALUE, Long.MAX_VALUE}) {
        int from = expected(hashes, count, wanted, 0);
        from = from == 0 ? 0 : random.nextInt(from + 1);
        assertThat(directory.seek(wanted, from)).isEqualTo(expected(hashes, count, wanted, from));
      }
    }
  }

  @Test
  void findsWhatGoingThroughAllRowsFinds() {
    for (int count : new int[] {1, 2, 15, 16, 17, 1_000, 5_000}) {
      check(count, random::nextLong);
      check(count, () -> random.nextLong(10) * (Long.MAX_VALUE / 5));
      check(count, () -> 7);
      check(count, () -> random.nextInt(3) == 0 ? random.nextLong() : 1L << 40);
      check(count, () -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE);
      check(count, () -> Long.MAX_VALUE - random.nextInt(100));
    }
  }
}
