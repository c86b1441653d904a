package dev.freshet.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.engine.expression.Int128.Rounding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int128Test {
  private static final long SEED = 20261124;
  private static final int CASES = 40_000;
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
    assertThat(number.set(value)).isTrue();
    return number;
  }

  private static boolean inRange(BigInteger value) {
    return value.abs().compareTo(LIMIT) < 0;
  }

  @Test
  void addsSubtractsAndMultipliesAsBigIntegerDoes() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      BigInteger a = random(random);
      BigInteger b = random(random);
      Int128 other = of(b);
      Int128 sum = of(a);
      check(sum.add(other.high(), other.low()), sum, a.add(b), a + " + " + b);
      Int128 difference = of(a);
      check(
          difference.subtract(other.high(), other.low()), difference, a.subtract(b), a + " - " + b);
      Int128 product = of(a);
      check(product.multiply(other.high(), other.low()), product, a.multiply(b), a + " * " + b);
      int power = random.nextInt(39);
      Int128 scaled = of(a);
      check(scaled.scaleUp(power), scaled, a.multiply(BigInteger.TEN.pow(power)), a + "e" + power);
      Int128 negated = of(a);
      negated.negate();
      check(true, negated, a.negate(), "-" + a);
    }
  }

  private static void check(boolean fits, Int128 actual, BigInteger expected, String what) {
    if (fits) {
      assertThat(actual.toBigInteger()).as(what + " seed " + SEED).isEqualTo(expected);
    } else {
      assertThat(inRange(expected)).as(what + " seed " + SEED).isFalse();
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
        assertThat(quotient.toBigInteger())
            .as(a + " / " + b + " " + rounding + " seed " + SEED)
            .isEqualTo(expected);
      }
      Int128 rest = of(a);
      rest.remainder(divisor.high(), divisor.low());
      assertThat(rest.toBigInteger()).as(a + " % " + b).isEqualTo(a.remainder(b));
    }
  }

  @Test
  void knowsHowManyDigitsAValueHas() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      BigInteger a = random(random);
      int precision = random.nextInt(38) + 1;
      assertThat(of(a).fits(precision))
          .as(a + " in " + precision)
          .isEqualTo(a.abs().compareTo(BigInteger.TEN.pow(precision)) < 0);
      BigInteger b = random(random);
      Int128 p = of(a);
      Int128 q = of(b);
      assertThat(Integer.signum(Int128.compare(p.high(), p.low(), q.high(), q.low())))
          .isEqualTo(a.compareTo(b));
      assertThat(p.signum()).isEqualTo(a.signum());
    }
  }
}
