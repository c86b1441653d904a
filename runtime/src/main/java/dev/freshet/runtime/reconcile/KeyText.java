package dev.freshet.runtime.reconcile;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Schema;

/** A row's key as JSON, the same for keys that are equal. */
final class KeyText {
  private KeyText() {}

  static String of(Batch batch, int[] key, int row) {
    Schema schema = batch.schema();
    StringBuilder out = new StringBuilder(32).append('{');
    for (int column : key) {
      if (out.length() > 1) {
        out.append(',');
      }
      JsonText.appendText(out, schema.column(column).name());
      out.append(':');
      Object value = Values.read(schema.type(column), batch.column(column), row);
      boolean isZero = value instanceof Double number && number == 0; // -0.0 is equal to it
      JsonText.appendValue(out, schema.type(column), isZero ? (Object) 0.0 : value);
    }
    return out.append('}').toString();
  }
}
