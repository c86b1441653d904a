package dev.freshet.demo;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.demo.verify.ContentSource;
import dev.freshet.engine.Snapshot;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The content of a running system at one step. */
public record SystemContent(Snapshot snapshot) implements ContentSource {
  @Override
  public List<String> columns(String table) {
    return snapshot.schema(table).names();
  }

  @Override
  public void forEachRow(String table, Consumer<@Nullable Object[]> consumer) {
    snapshot.scan(table, batch -> pass(batch, consumer));
  }

  private static void pass(Batch batch, Consumer<@Nullable Object[]> consumer) {
    for (int row = 0; row < batch.rowCount(); row++) {
      @Nullable Object[] values = Values.readRow(batch, row);
      for (long n = 0; n < batch.weight(row); n++) {
        consumer.accept(values);
      }
    }
  }
}
