package dev.freshet.lake.parquet;

import dev.freshet.core.type.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The smallest and largest value of a column so far, in the single-value form that both Parquet's
 * statistics and Iceberg's bounds use for these types: little-endian numbers, plain bytes for text.
 * Types whose forms differ (decimals, UUID) or that are long (BINARY, JSON) have no bounds.
 */
final class ColumnBounds {
  /** Longer text is cut for the lower bound; a longer upper bound is dropped. */
  private static final int TEXT_BYTES_MAX = 64;

  private enum Kind {
    LONG,
    DOUBLE,
    TEXT,
    NONE
  }

  private final Physical physical;
  private final Kind kind;
  private boolean any;
  private boolean textMaxDropped;
  private long nans;
  private long longMin;
  private long longMax;
  private double doubleMin;
  private double doubleMax;
  private byte[] textMin = {};
  private byte[] textMax = {};

  ColumnBounds(FileColumn column, Leaf leaf) {
    this.physical = Physical.of(leaf.type());
    boolean single = !column.isArray() && !column.isNested();
    this.kind = single ? kindOf(leaf.type()) : Kind.NONE;
  }

  private static Kind kindOf(DataType type) {
    return switch (type) {
      case DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ -> Kind.NONE;
      case DataType.Simple simple ->
          switch (simple) {
            case TINYINT, SMALLINT, INTEGER, BIGINT, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ ->
                Kind.LONG;
            case REAL, DOUBLE -> Kind.DOUBLE;
            case VARCHAR -> Kind.TEXT;
            case BOOLEAN, BINARY, UUID, JSON -> Kind.NONE;
          };
    };
  }

  boolean wantsLongs() {
    return kind == Kind.LONG;
  }

  boolean wantsText() {
    return kind == Kind.TEXT;
  }

  long nans() {
    return nans;
  }

  void addLongs(long min, long max) {
    longMin = any ? Math.min(longMin, min) : min;
    longMax = any ? Math.max(longMax, max) : max;
    any = true;
  }

  void addDouble(double value) {
    if (Double.isNaN(value)) {
      nans++;
      return;
    }
    doubleMin = any ? Math.min(doubleMin, value) : value;
    doubleMax = any ? Math.max(doubleMax, value) : value;
    any = true;
  }

  void addText(byte[] data, int start, int end) {
    if (!any) {
      any = true;
      textMin = cut(data, start, end);
      textMax = textMin;
      textMaxDropped = end - start > TEXT_BYTES_MAX;
      return;
    }
    if (Arrays.compareUnsigned(data, start, end, textMin, 0, textMin.length) < 0) {
      textMin = cut(data, start, end);
    }
    if (!textMaxDropped
        && Arrays.compareUnsigned(data, start, end, textMax, 0, textMax.length) > 0) {
      textMax = cut(data, start, end);
      textMaxDropped = end - start > TEXT_BYTES_MAX;
    }
  }

  /** A prefix that ends between two characters. */
  private static byte[] cut(byte[] data, int start, int end) {
    int cut = Math.min(end, start + TEXT_BYTES_MAX);
    while (cut < end && cut > start && (data[cut] & 0xC0) == 0x80) {
      cut--;
    }
    return Arrays.copyOfRange(data, start, cut);
  }

  @Nullable ByteBuffer lower() {
    return switch (kind) {
      case LONG -> any ? number(longMin) : null;
      case DOUBLE -> any ? number(doubleMin == 0 ? -0.0 : doubleMin) : null;
      case TEXT -> any ? ByteBuffer.wrap(textMin) : null;
      case NONE -> null;
    };
  }

  @Nullable ByteBuffer upper() {
    return switch (kind) {
      case LONG -> any ? number(longMax) : null;
      case DOUBLE -> any ? number(doubleMax == 0 ? 0.0 : doubleMax) : null;
      case TEXT -> any && !textMaxDropped ? ByteBuffer.wrap(textMax) : null;
      case NONE -> null;
    };
  }

  private ByteBuffer number(long value) {
    ByteBuffer buffer = ByteBuffer.allocate(physical.width()).order(ByteOrder.LITTLE_ENDIAN);
    return physical == Physical.INT32
        ? buffer.putInt(0, Math.toIntExact(value))
        : buffer.putLong(0, value);
  }

  private ByteBuffer number(double value) {
    ByteBuffer buffer = ByteBuffer.allocate(physical.width()).order(ByteOrder.LITTLE_ENDIAN);
    return physical == Physical.FLOAT
        ? buffer.putFloat(0, (float) value)
        : buffer.putDouble(0, value);
  }
}
