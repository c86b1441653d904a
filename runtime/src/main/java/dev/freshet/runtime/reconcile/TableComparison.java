package dev.freshet.runtime.reconcile;

import dev.freshet.capture.Fence;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.engine.Snapshot;
import dev.freshet.serve.backend.Reconciled.Kind;
import dev.freshet.serve.backend.Reconciled.Table;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares one table at a fence. Both sides are hashed by ranges of keys; ranges that differ are
 * cut and hashed again until their rows have room in memory, and these are matched by key. The
 * source's rows go through the table's masks and contract first, as its changes do. One thread owns
 * it.
 */
final class TableComparison {
  /** So many rows of both sides are matched by key. */
  static final int ROWS_MATCHED_MAX = 100_000;

  private static final int ROWS_SHOWN = 20;

  private final Fence fence;
  private final Snapshot snapshot;
  private final Contract contract;
  private final Gate gate;
  private final int[] key;
  private final Masks masks;
  private final Runnable goesOn;
  private final int matchedMax;
  private long heldBack;

  /**
   * @param snapshot the state that the fence belongs to
   * @param masks that what is held went through
   * @param goesOn called often; throws to end the comparison
   * @param matchedMax as {@link #ROWS_MATCHED_MAX}
   */
  TableComparison(
      Fence fence,
      Snapshot snapshot,
      Contract contract,
      Masks masks,
      Runnable goesOn,
      int matchedMax) {
    this.fence = fence;
    this.snapshot = snapshot;
    this.contract = contract;
    this.gate = new Gate(contract);
    this.key = contract.keyColumns();
    this.masks = masks;
    this.goesOn = goesOn;
    this.matchedMax = matchedMax;
  }

  /**
   * What was found.
   *
   * @param rows those that differ, as far as they were matched
   */
  record Result(Contract contract, Table table, List<RowDifferences.Row> rows) {
    Result {
      rows = List.copyOf(rows);
    }
  }

  private record Hashes(RangeHashes source, RangeHashes held) {
    int[] differing() {
      return source.differing(held);
    }
  }

  Result run() {
    Ranges ranges = Ranges.of(snapshot.rowCount(contract.table()));
    Hashes hashes = hash(ranges);
    Hashes first = hashes;
    int[] differing = hashes.differing();
    int[] firstDiffering = differing;
    while (hashes.source().rows(differing, hashes.held()) > matchedMax
        && ranges.canBeFiner(differing)) {
      ranges = ranges.finer(differing);
      hashes = hash(ranges);
      differing = hashes.differing();
    }
    int[] matched = matched(hashes, differing);
    List<RowDifferences.Row> rows = matched.length == 0 ? List.of() : match(ranges.only(matched));
    List<RowDifferences.Row> real = rows.stream().filter(row -> !isHeldBack(row)).toList();
    return new Result(
        contract,
        new Table(
            contract.table(),
            first.source().total() + heldBack,
            first.held().total(),
            heldBack,
            Ranges.of(snapshot.rowCount(contract.table())).count(),
            firstDiffering.length,
            count(real, Kind.MISSING),
            count(real, Kind.EXTRA),
            count(real, Kind.DIFFERENT),
            hashes.source().rows(differing, hashes.held())
                - hashes.source().rows(matched, hashes.held()),
            shown(real),
            ""),
        real);
  }

  private static long count(List<RowDifferences.Row> rows, Kind kind) {
    return rows.stream().filter(row -> row.kind() == kind).count();
  }

  private static List<Table.Row> shown(List<RowDifferences.Row> rows) {
    return rows.stream()
        .limit(ROWS_SHOWN)
        .map(row -> new Table.Row(row.kind(), row.text()))
        .toList();
  }

  private Hashes hash(Ranges ranges) {
    Hashes hashes = new Hashes(new RangeHashes(ranges, key), new RangeHashes(ranges, key));
    heldBack = readSource(hashes.source()::add);
    readHeld(hashes.held()::add);
    return hashes;
  }

  /** As many of the ranges as have room, one at least. */
  private int[] matched(Hashes hashes, int[] differing) {
    long rows = 0;
    int count = 0;
    while (count < differing.length && (count == 0 || rows <= matchedMax)) {
      rows += hashes.source().rows(differing[count++], hashes.held());
    }
    return rows > matchedMax && count > 1
        ? Arrays.copyOf(differing, count - 1)
        : Arrays.copyOf(differing, count);
  }

  private List<RowDifferences.Row> match(Ranges ranges) {
    RowDifferences found = new RowDifferences(ranges, contract.schema(), key);
    readSource(found::addSource);
    readHeld(found::addHeld);
    return found.rows();
  }

  /** Returns how many rows the contract keeps out. */
  private long readSource(Consumer<Batch> sink) {
    long[] keptOut = new long[1];
    fence.read(
        contract.table(),
        changes -> {
          goesOn.run();
          Gate.Result checked = gate.check(masks.apply(changes), 0);
          keptOut[0] += checked.quarantined().size();
          sink.accept(checked.accepted().rows());
        });
    return keptOut[0];
  }

  private void readHeld(Consumer<Batch> sink) {
    snapshot.scan(
        contract.table(),
        batch -> {
          goesOn.run();
          sink.accept(batch);
        });
  }

  /**
   * Of a row that the contract keeps out an earlier version may be held, which is as it should be:
   * it looks as if the source had none.
   */
  private boolean isHeldBack(RowDifferences.Row row) {
    if (heldBack == 0 || row.kind() != Kind.EXTRA) {
      return false;
    }
    long[] found = new long[1];
    fence.read(contract.table(), row.key(), changes -> found[0] += rowCount(changes));
    return found[0] > 0;
  }

  private static int rowCount(TableChanges changes) {
    return changes.rowCount() + changes.rejected().size();
  }
}
