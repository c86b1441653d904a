package dev.freshet.runtime.system;

import dev.freshet.capture.Rereadable;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.project.ReconcileSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.reconcile.Reconciler;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Compares sources with what is held of them: when asked, and as often as their files say. One
 * comparison of a source at a time. Safe for all threads.
 */
final class Reconciliations implements AutoCloseable {
  private static final String TASK = "reconcile ";

  /** How often it is looked whether one is due, and tried again after a failure. */
  private static final long LOOK_MILLIS = 60_000;

  private final Parts parts;
  private final Clock clock;
  private final Map<String, ReconciledSource> sources = new LinkedHashMap<>();
  private volatile boolean closed;

  Reconciliations(Parts parts, Clock clock) {
    this.parts = parts;
    this.clock = clock;
    parts.feeds().forEach(feed -> sources.put(feed.name(), new ReconciledSource(feed.name())));
  }

  /** Starts what is to be done by itself; the tasks by their names. */
  Map<String, Scheduler.Handle> start(Scheduler scheduler) {
    Map<String, Scheduler.Handle> tasks = new LinkedHashMap<>();
    for (SourceSettings source : parts.project().sources().values()) {
      Optional<ReconcileSettings> settings = ReconcileSettings.of(source);
      ReconciledSource reconciled = sources.get(source.name());
      if (settings.isPresent() && reconciled != null) {
        ReconcileTime last =
            new ReconcileTime(
                parts.project().settings().state(), source.name(), clock.wallMicros());
        tasks.put(
            TASK + source.name(),
            scheduler.start(
                TASK + source.name(), () -> runWhenDue(reconciled, settings.get(), last)));
      }
    }
    return tasks;
  }

  private Next runWhenDue(ReconciledSource source, ReconcileSettings settings, ReconcileTime last) {
    if (closed) {
      return Next.DONE;
    }
    long wait = last.micros() / 1_000 + settings.every().toMillis() - clock.wallMicros() / 1_000;
    if (wait > 0) {
      return Next.afterMillis(Math.min(wait, LOOK_MILLIS));
    }
    try {
      List<String> paused = feed(source).map(TableOperations::paused).orElse(List.of());
      List<String> others =
          contracts(source).stream()
              .map(Contract::table)
              .filter(table -> !paused.contains(table))
              .toList();
      if (!others.isEmpty()) { // what is paused is not what the source has, and need not be
        run(source, paused.isEmpty() ? List.of() : others, settings.repair());
      }
      last.remember(clock.wallMicros());
      return Next.NOW;
    } catch (RuntimeException | Error e) {
      return Next.afterMillis(LOOK_MILLIS); // the status tells it
    }
  }

  /**
   * Compares now.
   *
   * @param name of the source; empty for all that can be compared
   * @param tables of it; empty for all
   * @throws FreshetException when there is no such source or table, or it cannot be compared
   */
  List<Reconciled> run(String name, List<String> tables, boolean repair) {
    if (name.isEmpty()) {
      List<ReconciledSource> all =
          sources.values().stream().filter(each -> source(each).isPresent()).toList();
      if (all.isEmpty()) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot reconcile: no source of this project can be read again. Those of kind: postgres"
                + " can.");
      }
      List<ReconciledSource> chosen =
          all.stream().filter(each -> tables.isEmpty() || hasAny(each, tables)).toList();
      requireKnown(tables, all.stream().flatMap(each -> contracts(each).stream()).toList());
      return runAll(chosen, tables, repair);
    }
    ReconciledSource source = sources.get(name);
    if (source == null) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find source: "
              + name
              + "."
              + Suggestion.of(name, sources.keySet())
              + " There are: "
              + String.join(", ", sources.keySet())
              + ".");
    }
    requireKnown(tables, contracts(source));
    return List.of(run(source, tables, repair));
  }

  /** One that fails does not keep the others from being compared. */
  private List<Reconciled> runAll(
      List<ReconciledSource> chosen, List<String> tables, boolean repair) {
    List<Reconciled> all = new ArrayList<>();
    List<FreshetException> failures = new ArrayList<>();
    for (ReconciledSource source : chosen) {
      List<String> own = tables.stream().filter(table -> has(source, table)).toList();
      try {
        all.add(run(source, own, repair));
      } catch (FreshetException e) {
        if (closed) {
          throw e;
        }
        failures.add(e);
        all.add(failed(source, own, Objects.requireNonNullElse(e.getMessage(), e.toString())));
      }
    }
    if (failures.size() == all.size() && !failures.isEmpty()) {
      throw failures.getFirst();
    }
    return all;
  }

  private Reconciled failed(ReconciledSource source, List<String> tables, String problem) {
    List<Reconciled.Table> unreadable =
        contracts(source).stream()
            .map(Contract::table)
            .filter(table -> tables.isEmpty() || tables.contains(table))
            .map(table -> Reconciled.Table.unreadable(table, problem))
            .toList();
    return new Reconciled(
        source.name(), new Reconciled.Comparison("-", 0, unreadable, 0, 0), Optional.empty());
  }

  private boolean hasAny(ReconciledSource source, List<String> tables) {
    return tables.stream().anyMatch(table -> has(source, table));
  }

  private boolean has(ReconciledSource source, String table) {
    return contracts(source).stream().anyMatch(each -> each.table().equals(table));
  }

  private static void requireKnown(List<String> tables, List<Contract> contracts) {
    List<String> names = contracts.stream().map(Contract::table).toList();
    for (String table : tables) {
      if (!names.contains(table)) {
        throw new FreshetException(
            ErrorCode.NOT_FOUND,
            "Cannot find table to reconcile: "
                + table
                + "."
                + Suggestion.of(table, names)
                + " There are: "
                + String.join(", ", names)
                + ".");
      }
    }
  }

  private List<Contract> contracts(ReconciledSource source) {
    return parts.serving().models().tables().stream()
        .filter(table -> table.source().equals(source.name()))
        .map(CapturedTable::contract)
        .toList();
  }

  private Optional<SourceFeed> feed(ReconciledSource source) {
    return parts.feeds().stream().filter(feed -> feed.name().equals(source.name())).findFirst();
  }

  private Optional<Rereadable> source(ReconciledSource source) {
    return feed(source).flatMap(SourceFeed::rereadable);
  }

  private Reconciled run(ReconciledSource source, List<String> tables, boolean repair) {
    Rereadable rereadable =
        source(source)
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.REQUEST_INVALID,
                    "Cannot reconcile source "
                        + source.name()
                        + " of kind "
                        + parts.kind(source.name())
                        + ": it cannot be read again. Sources of kind: postgres can."));
    List<Contract> contracts =
        contracts(source).stream()
            .filter(each -> tables.isEmpty() || tables.contains(each.table()))
            .toList();
    source.begin();
    try {
      Reconciled reconciled =
          new Reconciler(
                  source.name(),
                  rereadable,
                  feed(source).orElseThrow().masks(),
                  new AppliedState(parts),
                  clock,
                  this::requireOpen)
              .run(contracts, repair, source::corrected);
      source.ended(reconciled, clock.wallMicros());
      return reconciled;
    } catch (RuntimeException | Error e) {
      source.failed(Objects.requireNonNullElse(e.getMessage(), e.toString()));
      throw e;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot go on reconciling: the project is being stopped.");
    }
  }

  /** What came of it, of the sources for which that was tried. */
  List<ReconcileStatus> status() {
    List<ReconcileStatus> all = new ArrayList<>();
    for (ReconciledSource source : sources.values()) {
      source.retain(contracts(source).stream().map(Contract::table).toList());
      source.status().ifPresent(all::add);
    }
    return all;
  }

  /** Lets what runs end soon, with an error. */
  @Override
  public void close() {
    closed = true;
  }
}
