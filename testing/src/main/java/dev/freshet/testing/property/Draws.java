package dev.freshet.testing.property;

import dev.freshet.core.error.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Random choices that follow from a seed. One thread owns it. */
public final class Draws {
  private final long seed;
  private final RandomGenerator random;

  public Draws(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /** The seed of this case. */
  public long seed() {
    return seed;
  }

  /** The source of randomness, for code that takes one. */
  public RandomGenerator random() {
    return random;
  }

  /** A whole number, both ends included. */
  public int between(int low, int high) {
    return (int) between((long) low, (long) high);
  }

  /** A whole number, both ends included. */
  public long between(long low, long high) {
    Check.that(low <= high && high < Long.MAX_VALUE, "a range from low to high", low, high);
    return random.nextLong(low, high + 1);
  }

  /** A number from 0 to {@code high} that is small more often than large: sizes and lengths. */
  public int small(int high) {
    return between(0, between(0, high));
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  public <T> T pick(List<T> items) {
    return items.get(between(0, items.size() - 1));
  }

  /** An index, drawn in proportion to the weights. */
  public int weighted(int... weights) {
    int sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int left = between(0, sum - 1);
    int index = 0;
    while (left >= weights[index]) {
      left -= weights[index++];
    }
    return index;
  }

  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Text of up to {@code lengthMax} characters: letters mostly, some of them outside of ASCII. */
  public String text(int lengthMax) {
    int length = small(lengthMax);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (weighted(8, 2, 1, 1)) {
            case 0 -> between('a', 'z');
            case 1 -> between(' ', '~');
            case 2 -> between(0xa1, 0x17f);
            default -> between(0x1f300, 0x1f5ff);
          });
    }
    return text.toString();
  }

  /** A list of {@code countMin} to {@code countMax} items. */
  public <T> List<T> list(int countMin, int countMax, Function<Draws, T> item) {
    int count = between(countMin, countMax);
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(item.apply(this));
    }
    return items;
  }
}
