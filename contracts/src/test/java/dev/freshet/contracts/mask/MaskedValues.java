package dev.freshet.contracts.mask;

import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import org.jspecify.annotations.Nullable;

/** Single values through the mask of a column. */
final class MaskedValues {
  private MaskedValues() {}

  static @Nullable Object single(ColumnMask mask, DataType type, @Nullable Object value) {
    return single(mask, type, type, value);
  }

  static @Nullable Object single(
      ColumnMask mask, DataType type, DataType masked, @Nullable Object value) {
    VectorBuilder builder = new VectorBuilder(type.layout(), 1);
    Values.append(builder, type, value);
    return Values.read(masked, mask.apply(builder.build(), type), 0);
  }
}
