package dev.freshet.database;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.database.query.Queries;
import dev.freshet.database.query.QueryAnswer;
import dev.freshet.database.query.SystemTables;
import dev.freshet.engine.OperatorStatistics;
import dev.freshet.engine.Snapshot;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.Statement;
import dev.freshet.sql.plan.PlanText;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers from what is published. Safe for all threads. */
final class Reading {
  private static final Schema PLAN = Schema.of(Column.notNull("plan", DataType.Simple.VARCHAR));

  private Reading() {}

  static QueryResult query(
      Published published, String sql, Supplier<List<OperatorStatistics>> operators) {
    return switch (published.statements().query(sql)) {
      case Statement.Query query -> {
        Snapshot snapshot = SystemTables.extend(published.snapshot(), query.query(), operators);
        yield answer(snapshot, query.query());
      }
      case Statement.Explain explain -> plan(published.snapshot(), explain.query());
      case Statement.Insert _,
          Statement.Update _,
          Statement.Delete _,
          Statement.CreateTable _,
          Statement.CreateView _,
          Statement.Drop _ ->
          throw new FreshetException(
              ErrorCode.REQUEST_INVALID,
              "Cannot query with a statement that changes something. Use execute(sql).");
    };
  }

  private static QueryResult answer(Snapshot snapshot, CompiledQuery query) {
    QueryAnswer answer = Queries.run(snapshot, query, Integer.MAX_VALUE);
    return new QueryResult(answer.step(), answer.rows());
  }

  private static QueryResult plan(Snapshot snapshot, CompiledQuery query) {
    BatchBuilder lines = new BatchBuilder(PLAN, 8);
    PlanText.of(query.plan()).lines().forEach(line -> lines.row(1, line));
    return new QueryResult(snapshot.step(), lines.build());
  }

  static QueryResult lookup(Snapshot snapshot, String relation, @Nullable Object... key) {
    Schema keySchema = snapshot.schema(relation).select(snapshot.keyColumns(relation));
    if (key.length != keySchema.columnCount()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot look up a row of "
              + relation
              + ": its key is "
              + keySchema.names()
              + ", and "
              + key.length
              + " values came.");
    }
    BatchBuilder sought = new BatchBuilder(keySchema, 1);
    for (int i = 0; i < key.length; i++) {
      Values.append(sought.column(i), keySchema.type(i), key[i]);
    }
    sought.endRow(1);
    return new QueryResult(snapshot.step(), snapshot.lookup(relation, sought.build()));
  }
}
