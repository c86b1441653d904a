package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Keep;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.NewView;
import dev.freshet.engine.Reads;
import dev.freshet.engine.ReplayedView;
import dev.freshet.engine.Snapshot;
import dev.freshet.log.Log;
import dev.freshet.runtime.model.Model;
import dev.freshet.sql.eventtime.Emit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to be read again to compute some models from the log: they, the models below them, and
 * the tables below these.
 *
 * <pre>
 *   log whole            all of it is read, from the first record on
 *   log's beginning gone tables that keep rows begin with those of now; of tables that keep none, what the log
 *                        still has is read. So only models can be computed for which the past of kept rows does
 *                        not matter
 * </pre>
 *
 * @param models each behind those that it reads
 * @param since where in the log those begin whose rows depend on that
 */
public record HistoryScope(
    List<Contract> tables, List<Model> models, Set<String> wanted, Map<String, Long> since) {
  /** So many batches of a table's rows, of some thousand rows each, go into the engine at once. */
  private static final int BATCHES_TOGETHER = 8;

  public HistoryScope {
    tables = List.copyOf(tables);
    models = List.copyOf(models);
    wanted = Set.copyOf(wanted);
    since = Map.copyOf(since);
  }

  /**
   * @param tables all of the project
   * @param models all of the project, each behind those that it reads
   * @param wanted the names of those to compute
   * @param since as far as it is known
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when it is not known where one of
   *     those that are needed began
   */
  public static HistoryScope of(
      List<Contract> tables, List<Model> models, Set<String> wanted, Map<String, Long> since) {
    Set<String> needed = new HashSet<>(wanted);
    for (Model model : models.reversed()) {
      if (needed.contains(model.name())) {
        needed.addAll(Reads.of(model.plan()));
      }
    }
    List<Model> scope = models.stream().filter(model -> needed.contains(model.name())).toList();
    for (Model model : scope) {
      if (model.dependsOnHistory() && !since.containsKey(model.name())) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot compute "
                + String.join(", ", wanted)
                + " from history: where in the log "
                + model.name()
                + " began is not known, since it is older than this Freshet. Replay "
                + model.name()
                + " with --from.");
      }
    }
    return new HistoryScope(
        tables.stream().filter(table -> needed.contains(table.table())).toList(),
        scope,
        wanted,
        since);
  }

  /**
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when a log that begins there has not
   *     all that is needed
   */
  public void requireReadable(long logStart) {
    if (logStart == 0) {
      return;
    }
    for (Model model : models) {
      if (model.definition().keep() == Keep.NONE) {
        throw gone(logStart, model.name() + " keeps no rows, and those that passed are needed");
      }
      if (model.dependsOnHistory() && since.getOrDefault(model.name(), 0L) < logStart) {
        throw gone(logStart, model.name() + " begins at offset " + since.get(model.name()));
      }
      List<String> kept =
          Reads.of(model.plan()).stream().filter(name -> !isPassingTable(name)).sorted().toList();
      if (model.definition().emit() == Emit.FINAL && !kept.isEmpty()) {
        throw gone(
            logStart,
            "what "
                + String.join(", ", kept)
                + " had at each moment is needed for "
                + model.name()
                + " (emit: final), and only the whole log tells that");
      }
    }
  }

  private boolean isPassingTable(String name) {
    return tables.stream()
        .anyMatch(table -> table.table().equals(name) && table.keep() == Keep.NONE);
  }

  private FreshetException gone(long logStart, String why) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot compute "
            + String.join(", ", wanted)
            + " from history: the log begins at offset "
            + logStart
            + ", what came before was forgotten (log.retention), and "
            + why
            + ".");
  }

  /**
   * The tables and models in another engine, at the beginning of the log.
   *
   * @param engine without relations; stays the caller's
   * @param present a state of the running engine, which the log behind it leads on from
   */
  public Replica replica(Engine engine, Log log, Snapshot present, Clock clock) {
    tables.forEach(table -> Declarations.table(engine, table));
    long first = log.startOffset();
    if (first > 0) {
      seed(engine, first, present);
    }
    models.forEach(
        model -> Declarations.model(engine, model, since.getOrDefault(model.name(), 0L)));
    PipelineSettings steps = PipelineSettings.DEFAULT;
    return first == 0
        ? Replica.of(engine, log, tables, steps, clock)
        : Replica.seeded(engine, log, tables, present.step(), steps, clock);
  }

  private void seed(Engine engine, long first, Snapshot present) {
    int[] batches = {0};
    for (Contract table : tables) {
      if (table.keep() == Keep.ALL) {
        present.scan(
            table.table(),
            batch -> {
              engine.apply(TableChanges.inserts(table.table(), batch, table.keyColumns()));
              if (++batches[0] % BATCHES_TOGETHER == 0 && engine.step() + 1 < first) {
                engine.step(engine.step() + 1, 0);
              }
            });
      }
    }
    engine.step(first, 0);
  }

  /** The wanted models, as an engine takes them over. */
  public List<ReplayedView> views() {
    List<ReplayedView> views = new ArrayList<>();
    for (Model model : models) {
      if (wanted.contains(model.name())) {
        NewView view =
            new NewView(model.name(), Set.copyOf(model.reads()), model.plan(), model.keyColumns());
        views.add(new ReplayedView(view, since.getOrDefault(model.name(), 0L)));
      }
    }
    return views;
  }
}
