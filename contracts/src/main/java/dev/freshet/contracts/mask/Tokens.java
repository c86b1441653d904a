package dev.freshet.contracts.mask;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;

/** {@link Mask.Plain#TOKENIZE}. */
final class Tokens implements ColumnMask {
  private final TextTokens texts;
  private final NumberTokens numbers;
  private final UuidTokens uuids;

  Tokens(MaskKey key) {
    Feistel feistel = new Feistel(key.derived("freshet tokenize 1"));
    this.texts = new TextTokens(feistel);
    this.numbers = new NumberTokens(feistel);
    this.uuids = new UuidTokens(feistel);
  }

  @Override
  public Vector apply(Vector values, DataType type) {
    return switch (values) {
      case LongVector longs -> numbers.apply(longs);
      case BytesVector bytes when type == Simple.UUID -> uuids.apply(bytes);
      case BytesVector bytes -> texts.apply(bytes);
      default -> throw new IllegalStateException("no tokens of " + type.sql());
    };
  }
}
