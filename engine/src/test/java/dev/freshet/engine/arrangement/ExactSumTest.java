package dev.freshet.engine.arrangement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  @Test
  void roundsTheExactSumOnceToTheNearest() {
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ExactSum sum = new ExactSum();
      BigDecimal exact = BigDecimal.ZERO;
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        double value = anyFinite(random);
        long weight = weight(random);
        sum.add(value, weight);
        exact = exact.add(new BigDecimal(value).multiply(BigDecimal.valueOf(weight)));
      }
      assertThat(sum.toDouble()).as("seed " + seed).isEqualTo(exact.doubleValue() + 0.0);
    }
  }

  @Test
  void survivesItsBytesAndAddsThem() {
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ExactSum whole = new ExactSum();
      ExactSum parts = new ExactSum();
      for (int part = 0; part < 4; part++) {
        ExactSum some = new ExactSum();
        for (int i = random.nextInt(5); i > 0; i--) {
          double value = anyFinite(random);
          long weight = weight(random);
          some.add(value, weight);
          whole.add(value, weight);
        }
        byte[] bytes = some.toBytes();
        parts.add(bytes, 0, bytes.length);
      }
      assertThat(parts.toBytes()).as("seed " + seed).isEqualTo(whole.toBytes());
      assertThat(parts.toDouble()).as("seed " + seed).isEqualTo(whole.toDouble());
    }
  }

  @Test
  void isZeroAgainWhenEverythingIsTakenAway() {
    ExactSum sum = new ExactSum();
    double[] values = {1e300, 0.1, -3e-310, Double.MIN_VALUE, -1e17, Double.NaN};
    for (double value : values) {
      sum.add(value, 3);
    }
    assertThat(sum.isZero()).isFalse();
    for (double value : values) {
      sum.add(value, -3);
    }
    assertThat(sum.isZero()).isTrue();
    assertThat(sum.toBytes()).isEmpty();
    assertThat(sum.toDouble()).isEqualTo(0.0);
  }

  @Test
  void followsIeeeForInfinitiesAndNaN() {
    ExactSum sum = new ExactSum();
    sum.add(Double.POSITIVE_INFINITY, 1);
    sum.add(5, 1);
    assertThat(sum.toDouble()).isEqualTo(Double.POSITIVE_INFINITY);
    sum.add(Double.NEGATIVE_INFINITY, 1);
    assertThat(sum.toDouble()).isNaN();
    sum.add(Double.POSITIVE_INFINITY, -1);
    sum.add(Double.NEGATIVE_INFINITY, -1);
    assertThat(sum.toDouble()).isEqualTo(5);
    sum.add(Double.MAX_VALUE, 2);
    assertThat(sum.toDouble()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void carriesThroughMillionsOfAdditions() {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < 3_000_000; i++) {
      sum.add(0.1, 1 << 10);
    }
    BigDecimal exact = new BigDecimal(0.1).multiply(BigDecimal.valueOf(3_000_000L * (1 << 10)));
    assertThat(sum.toDouble()).isEqualTo(exact.doubleValue());
  }

  private static double anyFinite(SplittableRandom random) {
    double value =
        random.nextInt(3) == 0
            ? random.nextInt(1000) / 8.0 - 60
            : Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(value) ? value : 1.5;
  }

  private static long weight(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong() >> 8;
      case 1 -> -1;
      default -> 1 + random.nextInt(3);
    };
  }
}
