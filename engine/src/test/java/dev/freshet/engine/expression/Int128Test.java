package dev.freshet.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.engine.expression.Int128.Rounding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int128Test {
  private static final long SEED = 20261124;
  private static final int CASES = 100_000;
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(127);

  private static BigInteger random(Random random) {
    BigInteger value =
        switch (random.nextInt(6)) {
          case 0 -> BigInteger.valueOf(random.nextInt(21) - 10);
          case 1 ->
              BigInteger.TEN.pow(random.nextInt(38)).add(BigInteger.valueOf(random.nextInt(3) - 1));
          case 2 ->
              BigInteger.ONE
                  .shiftLeft(random.nextInt(127))
                  .subtract(BigInteger.valueOf(random.nextInt(2)));
          case 3 -> BigInteger.valueOf(random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE);
          default -> new BigInteger(random.nextInt(127) + 1, random);
        };
    return random.nextBoolean() ? value.negate() : value;
  }

  private static Int128 of(BigInteger value) {
    Int128 number = new Int128();
    same(number.set(value), true, value);
    return number;
  }

  private static boolean inRange(BigInteger value) {
    return value.abs().compareTo(LIMIT) < 0;
  }

  /** Builds the message only for a failure: there are millions of comparisons. */
  private static void same(Object actual, Object expected, Object... what) {
    if (!actual.equals(expected)) {
      assertThat(actual).as(Arrays.toString(what) + " seed " + SEED).isEqualTo(expected);
    }
  }

  @Test
  void addsSubtractsAndMultipliesAsBigIntegerDoes() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      BigInteger a = random(random);
      BigInteger b = random(random);
      Int128 other = of(b);
      Int128 sum = of(a);
      check(sum.add(other.high(), other.low()), sum, a.add(b), a, "+", b);
      Int128 difference = of(a);
      check(difference.subtract(other.high(), other.low()), difference, a.subtract(b), a, "-", b);
      Int128 product = of(a);
      check(product.multiply(other.high(), other.low()), product, a.multiply(b), a, "*", b);
      int power = random.nextInt(39);
      Int128 scaled = of(a);
      check(scaled.scaleUp(power), scaled, a.multiply(BigInteger.TEN.pow(power)), a, "e", power);
      Int128 negated = of(a);
      negated.negate();
      check(true, negated, a.negate(), "-", a);
    }
  }

  private static void check(boolean fits, Int128 actual, BigInteger expected, Object... what) {
    if (fits) {
      same(actual.toBigInteger(), expected, what);
    } else {
      same(inRange(expected), false, what);
    }
  }

  @Test
  void dividesAsBigDecimalDoesInEveryRounding() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      BigInteger a = random(random);
      BigInteger b = random(random);
      if (b.signum() == 0) {
        continue;
      }
      Int128 divisor = of(b);
      for (Rounding rounding : Rounding.values()) {
        Int128 quotient = of(a);
        quotient.divide(divisor.high(), divisor.low(), rounding);
        BigInteger expected =
            new BigDecimal(a)
                .divide(new BigDecimal(b), 0, RoundingMode.valueOf(rounding.name()))
                .toBigInteger();
        same(quotient.toBigInteger(), expected, a, "/", b, rounding);
      }
      Int128 rest = of(a);
      rest.remainder(divisor.high(), divisor.low());
      same(rest.toBigInteger(), a.remainder(b), a, "%", b);
    }
  }

  @Test
  void knowsHowManyDigitsAValueHas() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      BigInteger a = random(random);
      int precision = random.nextInt(38) + 1;
      same(
          of(a).fits(precision),
          a.abs().compareTo(BigInteger.TEN.pow(precision)) < 0,
          a,
          "in",
          precision);
      BigInteger b = random(random);
      Int128 p = of(a);
      Int128 q = of(b);
      same(
          Integer.signum(Int128.compare(p.high(), p.low(), q.high(), q.low())),
          a.compareTo(b),
          a,
          b);
      same(p.signum(), a.signum(), a);
    }
  }
}
