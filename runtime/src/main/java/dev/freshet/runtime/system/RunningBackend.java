package dev.freshet.runtime.system;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Schema;
import dev.freshet.database.query.CellText;
import dev.freshet.database.query.Queries;
import dev.freshet.database.query.QueryAnswer;
import dev.freshet.database.query.SystemTables;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The edges' view of a running system. Safe for all threads. */
final class RunningBackend implements Backend {
  private final Parts parts;
  private final StatusReader status;
  private final Clock clock;
  private final SqlCompiler compiler;

  RunningBackend(Parts parts, StatusReader status, Clock clock) {
    this.parts = parts;
    this.status = status;
    this.clock = clock;
    this.compiler = new SqlCompiler(SystemTables.with(parts.catalog()));
  }

  @Override
  public SystemStatus status() {
    return status.read();
  }

  @Override
  public List<RelationInfo> relations() {
    return parts.relations();
  }

  @Override
  public Snapshot snapshot() {
    return parts.engine().snapshot();
  }

  @Override
  public QueryResult query(String sql, int maxRows) {
    long start = clock.nanos();
    CompiledQuery query = compiler.query(sql, "query");
    Snapshot snapshot = SystemTables.extend(snapshot(), query, () -> parts.engine().statistics());
    QueryAnswer answer = Queries.run(snapshot, query, maxRows);
    return new QueryResult(answer.step(), answer.rows(), answer.truncated(), clock.nanos() - start);
  }

  @Override
  public QueryResult lookup(String relation, Map<String, String> key) {
    long start = clock.nanos();
    Snapshot snapshot = snapshot();
    require(relation);
    Schema schema = snapshot.schema(relation);
    int[] keyColumns = snapshot.keyColumns(relation);
    List<String> names = new ArrayList<>();
    for (int column : keyColumns) {
      names.add(schema.column(column).name());
    }
    if (key.size() != names.size() || !key.keySet().containsAll(names)) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid key for " + relation + ": " + key.keySet() + ". Its key is " + names + ".");
    }
    BatchBuilder builder = new BatchBuilder(schema.select(keyColumns), 1);
    for (int i = 0; i < keyColumns.length; i++) {
      String text = String.valueOf(key.get(names.get(i)));
      CellText.append(builder.column(i), schema.type(keyColumns[i]), text);
    }
    builder.endRow(1);
    Batch rows = snapshot.lookup(relation, builder.build());
    return new QueryResult(snapshot.step(), rows, false, clock.nanos() - start);
  }

  private void require(String relation) {
    List<String> names = parts.relations().stream().map(RelationInfo::name).toList();
    if (!names.contains(relation)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find table: "
              + relation
              + "."
              + Suggestion.of(relation, names)
              + " There are: "
              + String.join(", ", names)
              + ".");
    }
  }

  @Override
  public Subscription subscribe(String relation, From from, ChangeListener listener) {
    require(relation);
    Subscriptions.From start =
        switch (from) {
          case SNAPSHOT -> Subscriptions.From.SNAPSHOT;
          case NOW -> Subscriptions.From.NOW;
        };
    Subscriptions.Subscription subscription =
        parts.subscriptions().subscribe(relation, start, listener::onStep);
    return subscription::close;
  }
}
