package dev.freshet.debezium.inside;

import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.debezium.history.SchemaHistories.Store;
import io.debezium.config.Configuration;
import io.debezium.document.DocumentReader;
import io.debezium.document.DocumentWriter;
import io.debezium.relational.history.AbstractSchemaHistory;
import io.debezium.relational.history.HistoryRecord;
import io.debezium.relational.history.HistoryRecordComparator;
import io.debezium.relational.history.SchemaHistoryException;
import io.debezium.relational.history.SchemaHistoryListener;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Debezium's history of the tables' shapes, kept where the source says. */
public final class StoredSchemaHistory extends AbstractSchemaHistory {
  /** Which of {@link SchemaHistories} it is. */
  public static final String ID = "schema.history.internal.freshet.id";

  private @Nullable Store store;

  /** For Debezium. */
  public StoredSchemaHistory() {}

  @Override
  public void configure(
      Configuration configuration,
      HistoryRecordComparator comparator,
      SchemaHistoryListener listener,
      boolean useCatalogBeforeSchema) {
    super.configure(configuration, comparator, listener, useCatalogBeforeSchema);
    String id = configuration.getString(ID);
    store = SchemaHistories.find(id == null ? configuration.getString("freshet.id") : id);
  }

  private Store store() {
    return Objects.requireNonNull(store, "configured");
  }

  @Override
  protected void storeRecord(HistoryRecord record) {
    try {
      store().append(DocumentWriter.defaultWriter().write(record.document()));
    } catch (IOException e) {
      throw new SchemaHistoryException("Cannot write a change of a table's shape", e);
    }
  }

  @Override
  protected void recoverRecords(Consumer<HistoryRecord> records) {
    for (String line : store().lines()) {
      try {
        records.accept(new HistoryRecord(DocumentReader.defaultReader().read(line)));
      } catch (IOException e) {
        throw new SchemaHistoryException("Cannot read a change of a table's shape", e);
      }
    }
  }

  @Override
  public boolean exists() {
    return !store().lines().isEmpty();
  }

  @Override
  public boolean storageExists() {
    return true;
  }
}
