package dev.freshet.capture.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IdRangesTest {
  /** The same as a set of single ids, whatever is done to it. */
  @Test
  void isASetOfIds() {
    Random random = new Random(42);
    IdRanges ranges = new IdRanges();
    TreeSet<Long> ids = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      long id = random.nextInt(300);
      if (random.nextInt(3) > 0) {
        ranges.add(id);
        ids.add(id);
      } else {
        ranges.removeAll(List.of(id));
        ids.remove(id);
      }
      assertThat(ranges.contains(id)).isEqualTo(ids.contains(id));
      assertThat(ranges.size()).isEqualTo(ids.size());
    }
    assertThat(ranges.first(1_000)).isEqualTo(new ArrayList<>(ids));
    assertThat(ranges.first(5)).hasSize(5);
    ByteWriter out = new ByteWriter(64);
    ranges.write(out);
    byte[] bytes = out.toByteArray();
    IdRanges read = IdRanges.read(new ByteReader(bytes, 0, bytes.length));
    assertThat(read.first(1_000)).isEqualTo(new ArrayList<>(ids));
    assertThat(read.size()).isEqualTo(ids.size());
  }

  @Test
  void keepsIdsThatFollowEachOtherAsOneRange() {
    IdRanges ranges = new IdRanges();
    for (long id : new long[] {1, 3, 2, 10, 4}) {
      ranges.add(id);
    }
    IdRanges more = new IdRanges();
    more.add(5);
    more.add(9);
    ranges.addAll(more);
    assertThat(ranges).hasToString("{1=5, 9=10}");
    assertThat(ranges.rangeCount()).isEqualTo(2);
  }
}
