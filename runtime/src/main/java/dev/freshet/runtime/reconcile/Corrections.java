package dev.freshet.runtime.reconcile;

import dev.freshet.capture.Fence;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
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
import java.util.Optional;
import java.util.Set;

/**
 * The changes that make some rows of a table what the source has, as the source itself would have
 * sent them. One thread owns it.
 */
final class Corrections {
  private final SourceTable table;
  private final Contract contract;
  private final int[] key;
  private final BatchBuilder rows;
  private final List<Operation> operations = new ArrayList<>();
  private final ContentHash hash = new ContentHash();

  /**
   * Which columns a deleted row has: those of the contract. Not those with masks: the corrections
   * go through the masks once more, as all that the source sends.
   */
  private final boolean[] isKnown;

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
   * @return empty when none differs any more
   */
  static Optional<TableChanges> of(
      Fence fence,
      Snapshot snapshot,
      Contract contract,
      Masks masks,
      List<RowDifferences.Row> differing) {
    SourceTable table =
        fence.tables().stream()
            .filter(each -> each.name().equals(contract.table()))
            .findFirst()
            .orElseThrow();
    Corrections corrections = new Corrections(table, contract);
    corrections.addAll(fence, snapshot, masks, differing);
    return corrections.rows.rowCount() == 0 ? Optional.empty() : Optional.of(corrections.build());
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
    operations.add(operation);
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
    operations.add(Operation.DELETE);
  }

  private TableChanges build() {
    int count = operations.size();
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
    return new TableChanges(
        table.name(),
        table.schemaVersion(),
        table.keyColumns(),
        codes,
        rows.build(),
        missing,
        beforeRow,
        Batch.empty(table.schema()),
        List.of());
  }
}
