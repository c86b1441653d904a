package dev.freshet.runtime.reconcile;

import dev.freshet.capture.Fence;
import dev.freshet.capture.Rereadable;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Snapshot;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Comparison;
import dev.freshet.serve.backend.Reconciled.Repair;
import dev.freshet.serve.backend.Reconciled.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the tables of one source with what is held of them:
 *
 * <pre>
 *   fence    the source's changes stop at a position, and a transaction of the source reads as of there
 *   state    what was delivered until then is applied; the changes go on
 *   compare  source and state, table by table, which do not change any more
 *   repair   a fence for every few rows that differ: those that still do are corrected before the
 *            changes go on; then all is compared once more
 * </pre>
 *
 * One thread uses it at a time.
 */
public final class Reconciler {
  /** Changes wait while rows are looked up and corrected, so that it is a few at a time. */
  private static final int ROWS_CORRECTED = 250;

  private static final int TRIES = 3;

  private final String source;
  private final Rereadable tables;
  private final Masks masks;
  private final States states;
  private final Clock clock;
  private final Runnable goesOn;
  private final int matchedMax;

  /**
   * @param masks that what is held went through
   * @param goesOn called often; throws to end what is done
   */
  public Reconciler(
      String source, Rereadable tables, Masks masks, States states, Clock clock, Runnable goesOn) {
    this(source, tables, masks, states, clock, goesOn, TableComparison.ROWS_MATCHED_MAX);
  }

  Reconciler(
      String source,
      Rereadable tables,
      Masks masks,
      States states,
      Clock clock,
      Runnable goesOn,
      int matchedMax) {
    this.source = source;
    this.tables = tables;
    this.masks = masks;
    this.states = states;
    this.clock = clock;
    this.goesOn = goesOn;
    this.matchedMax = matchedMax;
  }

  /** A fence and the state that belongs to it. */
  private record Fenced(Fence fence, Snapshot snapshot) {}

  private record Compared(Comparison comparison, List<TableComparison.Result> results) {}

  /**
   * @param contracts of the tables to compare
   */
  public Reconciled run(List<Contract> contracts, boolean repair) {
    Compared first = compare(contracts);
    if (!repair || first.comparison().isEqual()) {
      return new Reconciled(source, first.comparison(), Optional.empty());
    }
    long corrected = 0;
    for (TableComparison.Result result : first.results()) {
      List<RowDifferences.Row> rows = result.rows();
      for (int from = 0; from < rows.size(); from += ROWS_CORRECTED) {
        int to = Math.min(rows.size(), from + ROWS_CORRECTED);
        corrected += correct(result.contract(), rows.subList(from, to));
      }
    }
    Comparison after = compare(contracts).comparison();
    return new Reconciled(source, first.comparison(), Optional.of(new Repair(corrected, after)));
  }

  private Compared compare(List<Contract> contracts) {
    long start = clock.nanos();
    Fenced fenced = fenced();
    try (Fence fence = fenced.fence()) {
      fence.release();
      List<Table> compared = new ArrayList<>();
      List<TableComparison.Result> results = new ArrayList<>();
      for (Contract contract : contracts) {
        if (contract.keep() == Keep.NONE) {
          compared.add(Table.notCompared(contract.table(), "keeps no rows"));
          continue;
        }
        if (contract.key().stream().anyMatch(contract.masking().masks()::containsKey)) {
          // Rows that differ are asked for by key, and what its values were is not known here.
          compared.add(Table.notCompared(contract.table(), "its key is masked"));
          continue;
        }
        TableComparison.Result result =
            new TableComparison(fence, fenced.snapshot(), contract, masks, goesOn, matchedMax)
                .run();
        compared.add(result.table());
        results.add(result);
      }
      return new Compared(
          new Comparison(
              fence.position(),
              fenced.snapshot().step(),
              compared,
              fence.heldMillis(),
              millisSince(start)),
          results);
    }
  }

  private long millisSince(long nanos) {
    return (clock.nanos() - nanos) / 1_000_000;
  }

  private long correct(Contract contract, List<RowDifferences.Row> rows) {
    goesOn.run();
    Fenced fenced = fenced();
    try (Fence fence = fenced.fence()) {
      Optional<TableChanges> changes =
          Corrections.of(fence, fenced.snapshot(), contract, masks, rows);
      changes.ifPresent(each -> fence.correct(List.of(each)));
      fence.release();
      return changes.map(TableChanges::rowCount).orElse(0);
    }
  }

  /** A fence, not released yet; a connection that is lost meanwhile is tried again. */
  private Fenced fenced() {
    for (int attempt = 1; ; attempt++) {
      try {
        return tryFence();
      } catch (FreshetException e) {
        if (attempt == TRIES || e.code() != ErrorCode.SOURCE_FAILED) {
          throw e;
        }
        goesOn.run();
      }
    }
  }

  private Fenced tryFence() {
    states.applied(); // so that the source's changes wait for little
    Fence fence = tables.fence();
    try {
      return new Fenced(fence, states.applied());
    } catch (RuntimeException e) {
      fence.close();
      throw e;
    }
  }
}
