package dev.freshet.contracts.mask;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The masks of the tables of one source. What goes through {@link #apply} may be written. Safe for
 * all threads.
 */
public final class Masks {
  /** Of a source whose tables stay as they are. */
  public static final Masks NONE = new Masks(Map.of(), Optional.empty());

  private final Map<String, TableMasks> tables = new HashMap<>();

  /**
   * @param tables by name
   * @param key there when a mask needs it
   */
  public Masks(Map<String, Masking> tables, Optional<MaskKey> key) {
    tables.forEach((table, masking) -> {
      if (!masking.isEmpty()) {
        this.tables.put(table, new TableMasks(masking, key));
      }
    });
  }

  /** The same changes with masked values. */
  public ChangeSet apply(ChangeSet changes) {
    if (tables.isEmpty() || changes.tables().stream().noneMatch(this::isMasked)) {
      return changes;
    }
    List<TableChanges> masked = new ArrayList<>(changes.tables().size());
    changes.tables().forEach(table -> masked.add(apply(table)));
    return new ChangeSet(
        changes.source(),
        changes.position(),
        changes.sourceMicros(),
        changes.ingestMicros(),
        changes.transaction(),
        changes.part(),
        masked);
  }

  /** The changes of one table with masked values. */
  public TableChanges apply(TableChanges changes) {
    TableMasks masks = tables.get(changes.table());
    if (masks == null) {
      return changes;
    }
    synchronized (masks) {
      return masks.apply(changes);
    }
  }

  private boolean isMasked(TableChanges changes) {
    return tables.containsKey(changes.table());
  }
}
