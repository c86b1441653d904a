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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

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
  private static final int ROWS_CORRECTED_MAX = 250;

  /** How wide the rows are is not known yet. */
  private static final int ROWS_CORRECTED_FIRST = 16;

  /** What keeps one table from being compared, and no other. */
  private static final Set<ErrorCode> OF_A_TABLE =
      Set.of(
          ErrorCode.NOT_FOUND,
          ErrorCode.SOURCE_FAILED,
          ErrorCode.SOURCE_MISCONFIGURED,
          ErrorCode.TABLE_WITHOUT_KEY,
          ErrorCode.TYPE_UNSUPPORTED);

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
   * @param onCorrected told how many rows were corrected, each time when some were
   */
  public Reconciled run(List<Contract> contracts, boolean repair, LongConsumer onCorrected) {
    Compared first = compare(contracts);
    if (!repair || first.results().stream().allMatch(each -> each.rows().isEmpty())) {
      return new Reconciled(source, first.comparison(), Optional.empty());
    }
    long corrected = 0;
    for (TableComparison.Result result : first.results()) {
      corrected += correctAll(result.contract(), result.rows(), onCorrected);
    }
    Comparison after = compare(contracts).comparison();
    return new Reconciled(source, first.comparison(), Optional.of(new Repair(corrected, after)));
  }

  private Compared compare(List<Contract> contracts) {
    long start = clock.nanos();
    Fenced fenced = fenced(Fence::release);
    try (Fence fence = fenced.fence()) {
      List<Table> compared = new ArrayList<>();
      List<TableComparison.Result> results = new ArrayList<>();
      for (Contract contract : contracts) {
        if (contract.keep() == Keep.NONE) {
          compared.add(Table.notCompared(contract.table(), "it keeps no rows"));
          continue;
        }
        if (contract.key().stream().anyMatch(contract.masking().masks()::containsKey)) {
          // Rows that differ are asked for by key, and what its values were is not known here.
          compared.add(Table.notCompared(contract.table(), "its key is masked"));
          continue;
        }
        try {
          TableComparison.Result result =
              new TableComparison(fence, fenced.snapshot(), contract, masks, goesOn, matchedMax)
                  .run();
          compared.add(result.table());
          results.add(result);
        } catch (FreshetException e) {
          if (!OF_A_TABLE.contains(e.code())) {
            throw e;
          }
          compared.add(
              Table.unreadable(
                  contract.table(), Objects.requireNonNullElse(e.getMessage(), e.toString())));
        }
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

  private long correctAll(
      Contract contract, List<RowDifferences.Row> rows, LongConsumer onCorrected) {
    long corrected = 0;
    int count = ROWS_CORRECTED_FIRST;
    int from = 0;
    while (from < rows.size()) {
      int to = Math.min(rows.size(), from + count);
      Corrections.Found found = correct(contract, rows.subList(from, to), onCorrected);
      corrected += found.rows();
      long room = (to - from) * (long) Corrections.BYTES_MAX / Math.max(1, found.bytesRead());
      count = Math.clamp(room, 1, Math.min(ROWS_CORRECTED_MAX, 2 * count));
      from = to;
    }
    return corrected;
  }

  private Corrections.Found correct(
      Contract contract, List<RowDifferences.Row> rows, LongConsumer onCorrected) {
    goesOn.run();
    Fenced fenced = fenced(_ -> {});
    try (Fence fence = fenced.fence()) {
      Corrections.Found found = Corrections.of(fence, fenced.snapshot(), contract, masks, rows);
      for (TableChanges each : found.changes()) {
        fence.correct(List.of(each));
        onCorrected.accept(each.rowCount());
      }
      fence.release();
      return found;
    }
  }

  /**
   * A fence; a connection that is lost meanwhile is tried again.
   *
   * @param whenHeld what is done at once, and again when it has to be tried again
   */
  private Fenced fenced(Consumer<Fence> whenHeld) {
    for (int attempt = 1; ; attempt++) {
      try {
        return tryFence(whenHeld);
      } catch (FreshetException e) {
        boolean helps =
            e.code() == ErrorCode.SOURCE_FAILED || e.code() == ErrorCode.SOURCE_UNREACHABLE;
        if (attempt == TRIES || !helps) {
          throw e;
        }
        goesOn.run();
      }
    }
  }

  private Fenced tryFence(Consumer<Fence> whenHeld) {
    states.applied(); // so that the source's changes wait for little
    Fence fence = tables.fence();
    try {
      Fenced fenced = new Fenced(fence, states.applied());
      whenHeld.accept(fence);
      return fenced;
    } catch (RuntimeException e) {
      fence.close();
      throw e;
    }
  }
}
