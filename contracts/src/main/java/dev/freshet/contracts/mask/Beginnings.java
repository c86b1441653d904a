package dev.freshet.contracts.mask;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;

/** {@link Mask.Truncate}: the first characters of each text. */
final class Beginnings implements ColumnMask {
  private final int characters;

  Beginnings(int characters) {
    this.characters = characters;
  }

  @Override
  public Vector apply(Vector values, DataType type) {
    BytesVector texts = (BytesVector) values;
    int count = texts.length();
    int[] offsets = new int[count + 1];
    for (int row = 0; row < count; row++) {
      int length = texts.isNull(row) ? 0 : end(texts, row) - texts.start(row);
      offsets[row + 1] = offsets[row] + length;
    }
    byte[] data = new byte[offsets[count]];
    for (int row = 0; row < count; row++) {
      System.arraycopy(
          texts.data(), texts.start(row), data, offsets[row], offsets[row + 1] - offsets[row]);
    }
    return new BytesVector(data, offsets, texts.nulls(), count);
  }

  private int end(BytesVector texts, int row) {
    byte[] data = texts.data();
    int at = texts.start(row);
    for (int character = 0; character < characters && at < texts.end(row); character++) {
      at++;
      while (at < texts.end(row) && (data[at] & 0xC0) == 0x80) {
        at++;
      }
    }
    return at;
  }
}
