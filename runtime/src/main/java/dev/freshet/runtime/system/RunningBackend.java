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
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Ingest;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.sql.CompiledQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The edges' view of a running system. Safe for all threads. */
final class RunningBackend implements Backend {
  private final Parts parts;
  private final StatusReader status;
  private final ModelChanges changes;
  private final Reconciliations reconciliations;
  private final Clock clock;

  RunningBackend(
      Parts parts,
      StatusReader status,
      ModelChanges changes,
      Reconciliations reconciliations,
      Clock clock) {
    this.parts = parts;
    this.status = status;
    this.changes = changes;
    this.reconciliations = reconciliations;
    this.clock = clock;
  }

  @Override
  public SystemStatus status() {
    return status.read();
  }

  @Override
  public List<RelationInfo> relations() {
    return parts.serving().models().relations();
  }

  @Override
  public Snapshot snapshot() {
    return parts.serving().now().snapshot();
  }

  @Override
  public QueryResult query(String sql, int maxRows) {
    long start = clock.nanos();
    Serving.Moment now = parts.serving().now();
    CompiledQuery query = now.models().compiler().query(sql, "query");
    query.reads().forEach(relation -> parts.serving().requireBuilt(now.models(), relation));
    Snapshot snapshot =
        SystemTables.extend(now.snapshot(), query, () -> parts.engine().statistics());
    QueryAnswer answer = Queries.run(snapshot, query, maxRows);
    return new QueryResult(answer.step(), answer.rows(), answer.truncated(), clock.nanos() - start);
  }

  @Override
  public QueryResult lookup(String relation, Map<String, String> key) {
    long start = clock.nanos();
    Serving.Moment now = parts.serving().now();
    require(now.models(), relation);
    Snapshot snapshot = now.snapshot();
    Schema schema = snapshot.schema(relation);
    int[] keyColumns = snapshot.keyColumns(relation);
    List<String> names = new ArrayList<>();
    for (int column : keyColumns) {
      names.add(schema.column(column).name());
    }
    if (key.size() != names.size() || !key.keySet().containsAll(names)) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid key for "
              + relation
              + ": "
              + key.keySet()
              + (names.size() == schema.columnCount()
                  ? ". A row of it is named by all its columns: "
                  : ". Its key is ")
              + names
              + ".");
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

  private void require(Serving.Models models, String relation) {
    parts.serving().requireBuilt(models, relation);
    List<String> names = models.relations().stream().map(RelationInfo::name).toList();
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
    require(parts.serving().models(), relation);
    Subscriptions.From start =
        switch (from) {
          case SNAPSHOT -> Subscriptions.From.SNAPSHOT;
          case NOW -> Subscriptions.From.NOW;
        };
    Subscriptions.Subscription subscription =
        parts.subscriptions().subscribe(relation, start, new Forwarding(listener));
    return subscription::close;
  }

  private record Forwarding(ChangeListener to)
      implements dev.freshet.database.subscribe.ChangeListener {
    @Override
    public void onStep(long step, Batch changes) {
      to.onStep(step, changes);
    }

    @Override
    public void onEnd(FreshetException why) {
      to.onEnd(why);
    }
  }

  @Override
  public Ingest ingest() {
    return parts.posted();
  }

  @Override
  public Applied apply() {
    return changes.apply();
  }

  @Override
  public Replay planReplay(String model, String from) {
    return replay(changes.planReplay(model, from));
  }

  @Override
  public Replayed replay(String model, String from) {
    ModelChanges.Replayed made = changes.replay(model, from);
    long came = 0;
    long left = 0;
    for (Model each : made.plan().built()) {
      Optional<RelationDelta> delta = made.step().result().delta(each.name());
      for (int row = 0; row < delta.map(rows -> rows.rows().rowCount()).orElse(0); row++) {
        long weight = delta.orElseThrow().rows().weight(row);
        came += Math.max(0, weight);
        left += Math.max(0, -weight);
      }
    }
    return new Replayed(replay(made.plan()), made.step().number(), came, left, made.millis());
  }

  private static Replay replay(ReplayPlan plan) {
    return new Replay(plan.built().stream().map(Model::name).toList(), plan.from(), plan.lines());
  }

  @Override
  public List<Reconciled> reconcile(String source, List<String> tables, boolean repair) {
    return reconciliations.run(source, tables, repair);
  }

  @Override
  public TablesAfter onTables(String source, List<String> tables, TableOperation operation) {
    return new TableOperations(parts).run(source, tables, operation);
  }

  @Override
  public Map<String, Origin> origins() {
    Map<String, Long> since = parts.lakeFeed().tables().since();
    Map<String, Origin> origins = new HashMap<>();
    ModelFingerprints.of(parts.serving().models().models())
        .forEach((model, definition) -> {
          Long position = since.get(model);
          origins.put(
              model,
              new Origin(
                  definition, position == null ? OptionalLong.empty() : OptionalLong.of(position)));
        });
    return origins;
  }
}
