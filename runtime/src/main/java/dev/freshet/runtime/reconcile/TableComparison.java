package dev.freshet.runtime.reconcile;

import dev.freshet.capture.Fence;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.Snapshot;
import dev.freshet.serve.backend.Reconciled.Kind;
import dev.freshet.serve.backend.Reconciled.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** Ranges with so few rows are hardly cut any more. */
  private static final int ROWS_A_RANGE_MIN = 4;

  /** Each reads both sides. */
  private static final int PASSES_MAX = 64;

  private static final int KEYS_ASKED = 250;

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

    /** Of both sides in these ranges. */
    long rows(int[] ranges) {
      return source.rows(ranges, held);
    }
  }

  Result run() {
    Ranges ranges = Ranges.of(snapshot.rowCount(contract.table()));
    Hashes hashes = hash(ranges);
    Hashes first = hashes;
    int[] differing = hashes.differing();
    int[] firstDiffering = differing;
    long rows = hashes.rows(differing);
    long rowsBefore = Long.MAX_VALUE;
    while (rows > matchedMax
        && rows <= rowsBefore / 4 * 3
        && rows > (long) differing.length * ROWS_A_RANGE_MIN
        && ranges.canBeFiner(differing)) {
      ranges = ranges.finer(differing);
      hashes = hash(ranges);
      differing = hashes.differing();
      rowsBefore = rows;
      rows = hashes.rows(differing);
    }
    // What looks as if it differed need not: then there is room for the next ranges.
    List<RowDifferences.Row> real = new ArrayList<>();
    int matched = 0;
    for (int pass = 0; pass < PASSES_MAX && matched < differing.length; pass++) {
      int to = roomFrom(hashes, differing, matched);
      int[] these = Arrays.copyOfRange(differing, matched, to);
      real.addAll(withoutHeldBack(match(ranges.only(these))));
      matched = to;
      if (real.size() > matchedMax / 2) {
        break;
      }
    }
    real.sort(RowDifferences.ORDER);
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
            hashes.rows(Arrays.copyOfRange(differing, matched, differing.length)),
            shown(real)),
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

  /** The end of as many of the ranges as have room, one at least. */
  private int roomFrom(Hashes hashes, int[] differing, int from) {
    long rows = hashes.source().rows(differing[from], hashes.held());
    int to = from + 1;
    while (to < differing.length) {
      rows += hashes.source().rows(differing[to], hashes.held());
      if (rows > matchedMax) {
        break;
      }
      to++;
    }
    return to;
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
  private List<RowDifferences.Row> withoutHeldBack(List<RowDifferences.Row> rows) {
    List<RowDifferences.Row> extra = rows.stream().filter(row -> row.kind() == Kind.EXTRA).toList();
    if (heldBack == 0 || extra.isEmpty()) {
      return rows;
    }
    Set<String> there = new HashSet<>();
    for (int from = 0; from < extra.size(); from += KEYS_ASKED) {
      List<RowDifferences.Row> asked =
          extra.subList(from, Math.min(extra.size(), from + KEYS_ASKED));
      if (ask(asked, there) > 0) { // of those that cannot be decoded the key is not known
        asked.stream()
            .filter(row -> !there.contains(row.text()))
            .filter(row -> ask(List.of(row), new HashSet<>()) > 0)
            .forEach(row -> there.add(row.text()));
      }
    }
    return rows.stream()
        .filter(row -> row.kind() != Kind.EXTRA || !there.contains(row.text()))
        .toList();
  }

  /**
   * Which of these rows the source has.
   *
   * @return how many of them could not be decoded
   */
  private int ask(List<RowDifferences.Row> rows, Set<String> there) {
    goesOn.run();
    Batch keys =
        Rows.concat(
            contract.schema().select(key), rows.stream().map(RowDifferences.Row::key).toList());
    int[] undecoded = new int[1];
    fence.read(
        contract.table(),
        keys,
        changes -> {
          undecoded[0] += changes.rejected().size();
          Batch received = changes.rows();
          int[] columns =
              contract.key().stream().mapToInt(name -> received.schema().indexOf(name)).toArray();
          for (int row = 0; row < received.rowCount(); row++) {
            there.add(KeyText.of(received, columns, row));
          }
        });
    return undecoded[0];
  }
}
