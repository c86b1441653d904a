package dev.freshet.runtime.reconcile;

import dev.freshet.capture.Fence;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.ContentHash;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Snapshot;
import dev.freshet.serve.backend.Reconciled.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The changes that make some rows of a table what the source has, as the source itself would have
 * sent them. One thread owns it.
 */
final class Corrections {
  /** Of the rows of one change set, the last one left out. */
  static final int BYTES_MAX = 4 << 20;

  private static final int FIXED_BYTES = 16;

  private final SourceTable table;
  private final Contract contract;
  private final int[] key;
  private final List<TableChanges> built = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();
  private BatchBuilder rows;
  private long bytes;
  private long bytesRead;
  private final ContentHash hash = new ContentHash();

  /**
   * Which columns a deleted row has: those of the contract. Not those with masks: the corrections
   * go through the masks once more, as all that the source sends.
   */
  private final boolean[] isKnown;

  /**
   * What was found.
   *
   * @param changes each of bounded size; none when no row differs any more
   * @param bytesRead of the rows that were looked at
   */
  record Found(List<TableChanges> changes, long bytesRead) {
    Found {
      changes = List.copyOf(changes);
    }

    long rows() {
      return changes.stream().mapToLong(TableChanges::rowCount).sum();
    }
  }

  /** A row of a batch. */
  private record Place(Batch batch, int row) {}

  private Corrections(SourceTable table, Contract contract) {
    this.table = table;
    this.contract = contract;
    this.key = contract.keyColumns();
    this.rows = new BatchBuilder(table.schema(), 0);
    this.isKnown = new boolean[table.schema().columnCount()];
    for (int c = 0; c < isKnown.length; c++) {
      String name = table.schema().column(c).name();
      isKnown[c] =
          contract.schema().indexOf(name) >= 0 && !contract.masking().masks().containsKey(name);
    }
  }

  /**
   * Looks at the rows once more, at this fence, and corrects those that still differ.
   *
   * @param masks that what is held went through
   * @param differing as an earlier fence showed them
   */
  static Found of(
      Fence fence,
      Snapshot snapshot,
      Contract contract,
      Masks masks,
      List<RowDifferences.Row> differing) {
    Corrections corrections = new Corrections(fence.table(contract.table()), contract);
    corrections.addAll(fence, snapshot, masks, differing);
    corrections.build();
    return new Found(corrections.built, corrections.bytesRead);
  }

  private void addAll(
      Fence fence, Snapshot snapshot, Masks masks, List<RowDifferences.Row> differing) {
    Batch keys =
        Rows.concat(
            contract.schema().select(key),
            differing.stream().map(RowDifferences.Row::key).toList());
    Map<String, Place> received = new HashMap<>();
    Map<String, Long> wanted = new HashMap<>();
    Set<String> several = new HashSet<>();
    Gate gate = new Gate(contract);
    int[] receivedKey =
        contract.key().stream().mapToInt(name -> table.schema().indexOf(name)).toArray();
    long[] undecoded = new long[1];
    fence.read(
        contract.table(),
        keys,
        changes -> {
          undecoded[0] += changes.rejected().size();
          bytesRead += changes.rows().bytes();
          for (int row = 0; row < changes.rowCount(); row++) {
            String text = KeyText.of(changes.rows(), receivedKey, row);
            if (received.put(text, new Place(changes.rows(), row)) != null) {
              several.add(text);
            }
          }
          Batch accepted = gate.check(masks.apply(changes), 0).accepted().rows();
          for (int row = 0; row < accepted.rowCount(); row++) {
            wanted.put(KeyText.of(accepted, key, row), hash.ofRow(accepted, row));
          }
        });
    Batch found = snapshot.lookup(contract.table(), keys);
    bytesRead += found.bytes();
    Map<String, Place> held = new HashMap<>();
    for (int row = 0; row < found.rowCount(); row++) {
      held.put(KeyText.of(found, key, row), new Place(found, row));
    }
    for (RowDifferences.Row each : differing) {
      Place source = received.get(each.text());
      Place ours = held.get(each.text());
      Long hashWanted = wanted.get(each.text());
      if (source != null && hashWanted != null && !several.contains(each.text())) {
        if (ours == null) {
          take(Operation.INSERT, source);
        } else if (hash.ofRow(ours.batch(), ours.row()) != hashWanted) {
          take(Operation.UPDATE, source);
        }
      } else if (source == null && ours != null && each.kind() == Kind.EXTRA && undecoded[0] == 0) {
        delete(ours);
      }
    }
  }

  private void take(Operation operation, Place place) {
    rows.append(place.batch(), place.row(), 1);
    added(operation, place);
  }

  /** A change set has no room for any number of wide rows. */
  private void added(Operation operation, Place place) {
    operations.add(operation);
    for (Vector column : place.batch().columns()) {
      bytes +=
          column instanceof BytesVector text
              ? text.offsets()[place.row() + 1] - text.offsets()[place.row()]
              : FIXED_BYTES;
    }
    if (bytes >= BYTES_MAX) {
      build();
    }
  }

  private void delete(Place place) {
    Schema schema = table.schema();
    for (int c = 0; c < isKnown.length; c++) {
      if (isKnown[c]) {
        int column = contract.schema().indexOf(schema.column(c).name());
        rows.column(c).append(place.batch().column(column), place.row());
      } else {
        rows.column(c).appendNull();
      }
    }
    rows.endRow(1);
    added(Operation.DELETE, place);
  }

  private void build() {
    int count = operations.size();
    if (count == 0) {
      return;
    }
    byte[] codes = new byte[count];
    int[] beforeRow = new int[count];
    Arrays.fill(beforeRow, -1);
    for (int i = 0; i < count; i++) {
      codes[i] = operations.get(i).code();
    }
    boolean[][] missing = new boolean[isKnown.length][];
    for (int c = 0; c < missing.length; c++) {
      missing[c] = isKnown[c] ? Vector.NO_NULLS : new boolean[count];
      for (int i = 0; i < missing[c].length; i++) {
        missing[c][i] = operations.get(i) == Operation.DELETE;
      }
    }
    built.add(
        new TableChanges(
            table.name(),
            table.schemaVersion(),
            table.keyColumns(),
            codes,
            rows.build(),
            missing,
            beforeRow,
            Batch.empty(table.schema()),
            List.of()));
    rows = new BatchBuilder(table.schema(), 0);
    operations.clear();
    bytes = 0;
  }
}
