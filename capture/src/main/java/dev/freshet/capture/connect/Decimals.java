package dev.freshet.capture.connect;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Decimals that come as their unscaled number. */
public final class Decimals {
  /** Past them a number is refused before it is written out, which would take very long. */
  private static final int SCALE_MAX = 100;

  private static final int BYTES_MAX = 100;

  private Decimals() {}

  /**
   * Appends a decimal.
   *
   * @param unscaled two's complement, big-endian
   * @throws CellProblem when the type has too few digits for it
   */
  public static void append(
      VectorBuilder out, DataType.Decimal type, byte[] unscaled, int start, int count, int scale) {
    if (count == 0) {
      throw CellProblem.value("a decimal has no bytes");
    }
    if (count > BYTES_MAX) {
      throw CellProblem.value(
          "a decimal of " + count + " bytes has more digits than " + type.sql());
    }
    if (count <= 8 && scale == type.scale() && type.precision() <= 18) {
      long value = unscaled[start];
      for (int i = 1; i < count; i++) {
        value = value << 8 | (unscaled[start + i] & 0xFF);
      }
      if (Math.abs(value) < TextCells.powerOfTen(type.precision()) && value != Long.MIN_VALUE) {
        out.appendLong(value);
        return;
      }
    }
    append(out, type, new BigDecimal(new BigInteger(unscaled, start, count), scale));
  }

  /** As above. */
  public static void append(VectorBuilder out, DataType.Decimal type, BigDecimal value) {
    if (Math.abs((long) value.scale()) > SCALE_MAX) {
      throw CellProblem.value("it has a scale of " + value.scale() + "; at most " + SCALE_MAX);
    }
    BigDecimal exact = value.stripTrailingZeros();
    int scale = Math.max(0, exact.scale());
    int whole = exact.signum() == 0 ? 0 : Math.max(0, exact.precision() - exact.scale());
    if (scale > type.scale() || whole > type.precision() - type.scale()) {
      throw CellProblem.value(value.toPlainString() + " has more digits than " + type.sql());
    }
    Values.append(out, type, value.setScale(type.scale()));
  }
}
