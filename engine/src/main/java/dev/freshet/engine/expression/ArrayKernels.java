package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Functions of arrays. All but CARDINALITY decode each row's array. */
final class ArrayKernels {
  /** An encoded array begins with its number of elements. */
  private static final VarHandle COUNT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private ArrayKernels() {}

  static Vector cardinality(Arguments x) {
    BytesVector arrays = x.bytes(0);
    long[] result = new long[x.count()];
    for (int i = 0; i < result.length; i++) {
      if (!x.isNull(i)) {
        result[i] = (int) COUNT.get(arrays.data(), arrays.start(i));
      }
    }
    return x.result(result);
  }

  /** (array, index from 1). */
  static Kernel element(DataType element) {
    return x -> {
      BytesVector arrays = x.bytes(0);
      long[] indexes = x.longs(1);
      VectorBuilder result = new VectorBuilder(element.layout(), x.count());
      for (int i = 0; i < x.count(); i++) {
        long index = indexes[i & x.mask(1)] - 1;
        if (x.isNull(i) || index < 0 || index > Integer.MAX_VALUE) {
          result.appendNull();
          continue;
        }
        Vector elements = ArrayCodec.elements(element, arrays.copyOf(i & x.mask(0)));
        if (index < elements.length()) {
          result.append(elements, (int) index);
        } else {
          result.appendNull();
        }
      }
      return result.build();
    };
  }

  static Kernel contains(DataType element) {
    return x -> {
      BytesVector arrays = x.bytes(0);
      Vector wanted = x.vector(1);
      boolean[] result = new boolean[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          Vector elements = ArrayCodec.elements(element, arrays.copyOf(i & x.mask(0)));
          for (int k = 0; k < elements.length() && !result[i]; k++) {
            result[i] =
                !elements.isNull(k) && Rows.compare(elements, k, wanted, i & x.mask(1)) == 0;
          }
        }
      }
      return x.result(result);
    };
  }

  /** (array, delimiter); elements that are not text are written as CAST writes them. */
  static Kernel join(DataType element) {
    Kernel toText = Casts.kernel(element, DataType.Simple.VARCHAR);
    return x -> {
      BytesVector arrays = x.bytes(0);
      BytesVector delimiters = x.bytes(1);
      BytesOutput out = new BytesOutput(x.count(), 16 * x.count());
      for (int i = 0; i < x.count(); i++) {
        if (!x.isNull(i)) {
          byte[] array = arrays.copyOf(i & x.mask(0));
          BytesVector texts = (BytesVector) TextFormats.converted(toText, element, array);
          int delimiter = i & x.mask(1);
          boolean first = true;
          for (int k = 0; k < texts.length(); k++) {
            if (!texts.isNull(k)) {
              if (!first) {
                out.append(
                    delimiters.data(), delimiters.start(delimiter), delimiters.end(delimiter));
              }
              out.append(texts.data(), texts.start(k), texts.end(k));
              first = false;
            }
          }
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }
}
