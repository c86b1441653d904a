package dev.freshet.contracts.mask;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Masks the changes of one table, new and old rows alike. One thread at a time uses it. */
final class TableMasks {
  private final Masking masking;
  private final Map<String, ColumnMask> masks = new HashMap<>();
  private @Nullable Shape last;

  /**
   * @param key there when a mask needs it
   */
  TableMasks(Masking masking, Optional<MaskKey> key) {
    this.masking = masking;
    masking.masks().forEach((column, mask) -> masks.put(column, of(mask, key)));
  }

  private static ColumnMask of(Mask mask, Optional<MaskKey> key) {
    return switch (mask) {
      case Mask.Plain.DROP, Mask.Plain.NULL -> TableMasks::nulls;
      case Mask.Plain.HASH -> new Hashes(key.orElseThrow());
      case Mask.Plain.TOKENIZE -> new Tokens(key.orElseThrow());
      case Mask.Truncate truncate -> new Beginnings(truncate.characters());
    };
  }

  private static Vector nulls(Vector values, DataType type) {
    VectorBuilder builder = new VectorBuilder(type.layout(), values.length());
    for (int row = 0; row < values.length(); row++) {
      builder.appendNull();
    }
    return builder.build();
  }

  /**
   * How rows of one shape become masked ones.
   *
   * @param kept which of the received columns are left
   * @param masks of these; null for one that stays as it is
   */
  @SuppressWarnings("ArrayRecordComponent") // private and never written to
  private record Shape(Schema received, Schema masked, int[] kept, @Nullable ColumnMask[] masks) {}

  TableChanges apply(TableChanges changes) {
    Shape shape = shape(changes.rows().schema());
    boolean[][] missing = new boolean[shape.kept().length][];
    for (int column = 0; column < missing.length; column++) {
      missing[column] = changes.missing()[shape.kept()[column]];
    }
    return new TableChanges(
        changes.table(),
        changes.schemaVersion(),
        keys(changes.keyColumns(), shape.kept()),
        changes.operations(),
        masked(shape, changes.rows()),
        missing,
        changes.beforeRow(),
        masked(shape, changes.before()),
        changes.rejected().stream().map(RejectedRow::masked).toList());
  }

  private Shape shape(Schema received) {
    Shape known = last;
    if (known != null && known.received().equals(received)) {
      return known;
    }
    int count = received.columnCount();
    int[] kept = new int[count];
    @Nullable ColumnMask[] found = new ColumnMask[count];
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Column column = received.column(i);
      Mask mask = masking.masks().get(column.name());
      if (mask == Mask.Plain.DROP || masking.received().indexOf(column.name()) < 0) {
        continue;
      }
      if (mask != null) {
        boolean takes = mask.masked(column.type()).isPresent();
        found[columns.size()] = takes ? masks.get(column.name()) : TableMasks::nulls;
      }
      kept[columns.size()] = i;
      columns.add(mask == null ? column : Masking.masked(column, mask));
    }
    Shape shape =
        new Shape(
            received,
            new Schema(columns),
            Arrays.copyOf(kept, columns.size()),
            Arrays.copyOf(found, columns.size()));
    last = shape;
    return shape;
  }

  private static Batch masked(Shape shape, Batch rows) {
    Vector[] columns = new Vector[shape.kept().length];
    for (int i = 0; i < columns.length; i++) {
      int from = shape.kept()[i];
      ColumnMask mask = shape.masks()[i];
      Vector values = rows.column(from);
      columns[i] = mask == null ? values : mask.apply(values, shape.received().type(from));
    }
    return new Batch(shape.masked(), columns, rows.weights(), rows.rowCount());
  }

  /** Where the key's columns are among those that are left. */
  private static int[] keys(int[] received, int[] kept) {
    return Arrays.stream(received)
        .map(column -> Arrays.binarySearch(kept, column))
        .filter(column -> column >= 0)
        .toArray();
  }
}
