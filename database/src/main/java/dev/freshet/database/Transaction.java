package dev.freshet.database;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.database.definition.TableDefinition;
import dev.freshet.database.write.TableWrites;
import dev.freshet.sql.Statement;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changes that become durable and visible together, or not at all. From its beginning to its end no
 * other writer comes in between, so what it reads stays true until it commits.
 *
 * <p>Queries and statements see the state before the transaction, not its own changes. So that none
 * gets lost, a statement that would change a row that the transaction has changed already is
 * refused. Keys and contracts are checked at the commit.
 *
 * <p>Belongs to the thread that began it. Values are as {@link dev.freshet.core.batch.Values}
 * describes them: any integer class for integers, {@link java.math.BigDecimal}, {@link String}, the
 * types of {@code java.time}, {@code null} for NULL.
 */
public final class Transaction implements AutoCloseable {
  private final Freshet database;
  private final Published before;
  private final Runnable atEnd;
  private final Map<String, TableWrites> writes = new LinkedHashMap<>();
  private boolean ended;

  Transaction(Freshet database, Published before, Runnable atEnd) {
    this.database = database;
    this.before = before;
    this.atEnd = atEnd;
  }

  /**
   * Adds a row; the commit fails with {@link ErrorCode#ALREADY_EXISTS} if its key is there.
   *
   * @param values one value per column, in the table's order
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} with the column; {@link
   *     ErrorCode#NOT_FOUND} for an unknown table
   */
  public void insert(String table, @Nullable Object... values) {
    writesTo(table).insert(values);
  }

  /** Adds a row, or replaces the one with its key; otherwise as {@link #insert}. */
  public void upsert(String table, @Nullable Object... values) {
    writesTo(table).upsert(values);
  }

  /** Deletes the row with this key; does nothing when there is none. */
  public void delete(String table, @Nullable Object... key) {
    writesTo(table).delete(key);
  }

  /**
   * Runs an INSERT, UPDATE or DELETE and returns how many rows it found. It sees the state before
   * the transaction.
   *
   * @throws FreshetException as {@link Freshet#execute}; {@link ErrorCode#REQUEST_INVALID} for
   *     other statements, and for a row that this transaction has changed already
   */
  public long execute(String sql) {
    requireOpen();
    return run(before.statements().compile(sql));
  }

  /** Runs a statement that was compiled over the state before the transaction. */
  long run(Statement statement) {
    return switch (statement) {
      case Statement.Insert insert -> insert(insert);
      case Statement.Update update -> update(update);
      case Statement.Delete delete -> delete(delete);
      case Statement.CreateTable _, Statement.CreateView _, Statement.Drop _ ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Cannot create or drop inside of a transaction. Do it before or after.");
      case Statement.Query _, Statement.Explain _ ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Cannot execute a query: it changes nothing. Use query(sql) for its rows.");
    };
  }

  /** Answers a query over the state before the transaction; errors as {@link Freshet#query}. */
  public QueryResult query(String sql) {
    requireOpen();
    return Reading.query(before, sql, database::operatorsForQuery);
  }

  private long insert(Statement.Insert insert) {
    TableWrites table = writesTo(insert.table());
    Batch rows = rows(insert.rows());
    table.insertAll(rows.withSchema(schema(insert.table())));
    return new QueryResult(0, rows).rowCount();
  }

  private long delete(Statement.Delete delete) {
    TableWrites table = writesTo(delete.table());
    table.requireKept();
    Batch rows = rows(delete.rows());
    table.deleteAll(rows.withSchema(schema(delete.table())));
    return rows.rowCount();
  }

  private long update(Statement.Update update) {
    TableWrites table = writesTo(update.table());
    table.requireKept();
    Schema schema = schema(update.table());
    int width = schema.columnCount();
    Batch rows = rows(update.rows());
    table.updateAll(
        rows.select(IntStream.range(0, width).toArray()).withSchema(schema),
        rows.select(IntStream.range(width, 2 * width).toArray()).withSchema(schema));
    return rows.rowCount();
  }

  private Batch rows(Plan plan) {
    return before.snapshot().query(plan);
  }

  private Schema schema(String table) {
    return before.definitions().table(table).orElseThrow().schema();
  }

  private TableWrites writesTo(String name) {
    requireOpen();
    TableWrites known = writes.get(name);
    if (known != null) {
      return known;
    }
    if (before.definitions().view(name).isPresent()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot change " + name + ": it is a view. Change the tables that it reads.");
    }
    TableDefinition table =
        before.definitions().table(name).orElseThrow(() -> Relations.notFound("change", name));
    TableWrites begun = new TableWrites(table);
    writes.put(name, begun);
    return begun;
  }

  /**
   * Applies all changes in one step, durable and visible in all views when this returns.
   *
   * @throws FreshetException {@link ErrorCode#ALREADY_EXISTS} or {@link
   *     ErrorCode#CONTRACT_VIOLATED}, and nothing was applied; {@link
   *     ErrorCode#COMMIT_OUTCOME_UNKNOWN} when the disk failed in between. The transaction has
   *     ended in any case
   */
  public WriteResult commit() {
    requireOpen();
    try {
      List<TableChanges> changes = new ArrayList<>();
      long affected = 0;
      for (Map.Entry<String, TableWrites> table : writes.entrySet()) {
        TableWrites.Checked checked =
            table.getValue().check(before.snapshot(), database.gate(table.getKey()));
        if (checked.changes().rowCount() > 0) {
          changes.add(checked.changes());
        }
        affected += checked.affected();
      }
      long step = changes.isEmpty() ? before.snapshot().step() : database.commit(changes);
      return new WriteResult(step, affected);
    } finally {
      end();
    }
  }

  private void requireOpen() {
    if (ended) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot use the transaction any more: it was committed or closed. Begin another one.");
    }
    database.requireWriter();
  }

  private void end() {
    ended = true;
    atEnd.run();
  }

  /** Throws all changes away, unless they were committed. */
  @Override
  public void close() {
    if (!ended) {
      database.requireWriter();
      end();
    }
  }
}
