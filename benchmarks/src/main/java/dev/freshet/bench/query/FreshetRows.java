package dev.freshet.bench.query;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.database.query.Queries;
import dev.freshet.engine.Engine;
import dev.freshet.measure.RowTexts;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.testing.files.WorkFolder;
import java.util.List;

/** Freshet's engine, as the library asks it, over tables with keys. One thread owns it. */
final class FreshetRows implements QueryWork.Database {
  private static final int STEP_ROWS = 100_000;
  private static final Schema ORDERS =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("customer", Simple.BIGINT),
          Column.notNull("grp", Simple.BIGINT),
          Column.notNull("amount", Simple.BIGINT),
          Column.notNull("status", Simple.VARCHAR));
  private static final Schema CUSTOMERS =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.notNull("region", Simple.VARCHAR));

  private final WorkFolder folder = WorkFolder.create("freshet-bench-query-");
  private final Engine engine =
      Engine.restore(new LocalStorage(folder.path()), "state", Engine.defaultMemoryBytes());
  private final SqlCompiler compiler =
      new SqlCompiler(
          Catalog.of(
              List.of(
                  Relation.of("orders", ORDERS, "id"), Relation.of("customers", CUSTOMERS, "id"))));

  FreshetRows() {
    engine.createTable("orders", ORDERS, 0);
    engine.createTable("customers", CUSTOMERS, 0);
  }

  @Override
  public void load(long orders) {
    BatchBuilder customers = new BatchBuilder(CUSTOMERS, QueryData.CUSTOMERS);
    for (long id = 0; id < QueryData.CUSTOMERS; id++) {
      customers.row(1, id, QueryData.region(id));
    }
    long step = 1;
    insert("customers", customers.build(), step);
    for (long from = 0; from < orders; from += STEP_ROWS) {
      int count = (int) Math.min(STEP_ROWS, orders - from);
      BatchBuilder rows = new BatchBuilder(ORDERS, count);
      for (long id = from; id < from + count; id++) {
        rows.column(0).appendLong(id);
        rows.column(1).appendLong(QueryData.customer(id));
        rows.column(2).appendLong(QueryData.group(id));
        rows.column(3).appendLong(QueryData.amount(id));
        Values.appendText(rows.column(4), QueryData.status(id));
        rows.endRow(1);
      }
      insert("orders", rows.build(), ++step);
    }
  }

  @Override
  public RowTexts answer(String sql) {
    Batch rows = rows(sql);
    RowTexts texts = new RowTexts();
    for (int row = 0; row < rows.rowCount(); row++) {
      texts.add(Values.readRow(rows, row), rows.weight(row));
    }
    return texts;
  }

  @Override
  public long run(String sql) {
    return rows(sql).rowCount();
  }

  @Override
  public void close() {
    folder.close();
  }

  private Batch rows(String sql) {
    return Queries.run(engine.snapshot(), compiler.query(sql, "query"), Integer.MAX_VALUE).rows();
  }

  private void insert(String table, Batch rows, long step) {
    engine.apply(TableChanges.inserts(table, rows, 0));
    engine.step(step, 1);
  }
}
