package dev.freshet.engine.expression;

import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Kernels over DOUBLE and REAL: IEEE 754 as Java computes it; they never fail. */
final class Doubles {
  private Doubles() {}

  /** Wraps a kernel so that its result is rounded to float where the type is REAL. */
  static Kernel ofType(DataType type, Kernel kernel) {
    if (type != DataType.Simple.REAL) {
      return kernel;
    }
    return x -> {
      DoubleVector wide = (DoubleVector) kernel.apply(x);
      double[] values = wide.values();
      double[] rounded = new double[x.count()];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = (float) values[i];
      }
      return new DoubleVector(rounded, wide.nulls(), x.count());
    };
  }

  static Vector plus(Arguments x) {
    double[] a = x.doubles(0);
    double[] b = x.doubles(1);
    double[] result = new double[x.count()];
    if (x.isConstant(0) || x.isConstant(1)) {
      double[] rows = x.isConstant(0) ? b : a;
      double constant = x.isConstant(0) ? a[0] : b[0];
      for (int i = 0; i < result.length; i++) {
        result[i] = rows[i] + constant;
      }
    } else {
      for (int i = 0; i < result.length; i++) {
        result[i] = a[i] + b[i];
      }
    }
    return x.result(result);
  }

  static Vector minus(Arguments x) {
    double[] a = x.doubles(0);
    double[] b = x.doubles(1);
    double[] result = new double[x.count()];
    if (x.isConstant(0)) {
      double constant = a[0];
      for (int i = 0; i < result.length; i++) {
        result[i] = constant - b[i];
      }
    } else if (x.isConstant(1)) {
      double constant = b[0];
      for (int i = 0; i < result.length; i++) {
        result[i] = a[i] - constant;
      }
    } else {
      for (int i = 0; i < result.length; i++) {
        result[i] = a[i] - b[i];
      }
    }
    return x.result(result);
  }

  static Vector times(Arguments x) {
    double[] a = x.doubles(0);
    double[] b = x.doubles(1);
    double[] result = new double[x.count()];
    if (x.isConstant(0) || x.isConstant(1)) {
      double[] rows = x.isConstant(0) ? b : a;
      double constant = x.isConstant(0) ? a[0] : b[0];
      for (int i = 0; i < result.length; i++) {
        result[i] = rows[i] * constant;
      }
    } else {
      for (int i = 0; i < result.length; i++) {
        result[i] = a[i] * b[i];
      }
    }
    return x.result(result);
  }

  static Vector divide(Arguments x) {
    double[] a = x.doubles(0);
    double[] b = x.doubles(1);
    int maskA = x.mask(0);
    int maskB = x.mask(1);
    double[] result = new double[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i & maskA] / b[i & maskB];
    }
    return x.result(result);
  }

  /** The operator is called per row: only for functions that cost far more than a call. */
  static Kernel unary(DoubleUnaryOperator operator) {
    return x -> {
      double[] a = x.doubles(0);
      double[] result = new double[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = operator.applyAsDouble(a[i]);
      }
      return x.result(result);
    };
  }

  /** As {@link #unary}. */
  static Kernel binary(DoubleBinaryOperator operator) {
    return x -> {
      double[] a = x.doubles(0);
      double[] b = x.doubles(1);
      int maskA = x.mask(0);
      int maskB = x.mask(1);
      double[] result = new double[x.count()];
      for (int i = 0; i < result.length; i++) {
        result[i] = operator.applyAsDouble(a[i & maskA], b[i & maskB]);
      }
      return x.result(result);
    };
  }

  /** (x, digits): rounds the number's shortest decimal form, as Flink does. */
  static Kernel round(RoundingMode mode) {
    return x -> {
      double[] a = x.doubles(0);
      int maskA = x.mask(0);
      double[] result = new double[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          long digits = x.size() == 1 ? 0 : ((LongVector) x.vector(1)).values()[i & x.mask(1)];
          result[i] = round(a[i & maskA], digits, mode);
        }
      }
      return x.result(result);
    };
  }

  /** Digits beyond the range of a double's exponent cannot change the result. */
  static double round(double value, long digits, RoundingMode mode) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    int places = (int) Math.max(-400, Math.min(400, digits));
    return BigDecimal.valueOf(value).setScale(places, mode).doubleValue();
  }
}
