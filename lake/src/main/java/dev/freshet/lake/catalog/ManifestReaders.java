package dev.freshet.lake.catalog;

import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.Decoder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.avro.InternalReader;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's readers of manifests that wait for the next file of their kind. To make one, and the
 * entry that it reads into, takes longer than to read a file of a few entries. Safe for all
 * threads; a reader that was taken has one owner.
 */
final class ManifestReaders {
  private static final int PLANS_MAX = 64;
  private static final int IDLE_MAX = 4;
  private static final Map<Plan, Queue<Idle<?>>> IDLE = new ConcurrentHashMap<>();

  private ManifestReaders() {}

  /**
   * What a reader depends on.
   *
   * @param reuses whether whoever reads is done with a row when asking for the next, and with the
   *     last one when closing the file
   */
  record Plan(
      Types.StructType projected,
      @Nullable Class<? extends StructLike> rootType,
      Map<Integer, Class<? extends StructLike>> types,
      Schema schema,
      boolean reuses) {
    Plan {
      types = Map.copyOf(types);
    }
  }

  /** A reader with the row that it may read the next one into. */
  static final class Idle<D> {
    private final InternalReader<D> reader;
    private final boolean reuses;
    private @Nullable D row;

    private Idle(Plan plan) {
      reader = InternalReader.create(new org.apache.iceberg.Schema(plan.projected().fields()));
      reader.setCustomTypes(plan.rootType(), plan.types());
      reader.setSchema(plan.schema());
      reuses = plan.reuses();
    }

    D read(Decoder from) throws IOException {
      D read = reader.read(row, from);
      row = reuses ? read : null;
      return read;
    }
  }

  /** A reader for a file's rows from the first one on. */
  @SuppressWarnings("unchecked") // a plan's readers give what its root type says
  static <D> Idle<D> take(Plan plan) {
    Queue<Idle<?>> queue = IDLE.get(plan);
    Idle<?> idle = queue == null ? null : queue.poll();
    Idle<D> taken = idle == null ? new Idle<>(plan) : (Idle<D>) idle;
    taken.reader.setRowPositionSupplier(() -> 0L);
    return taken;
  }

  static void giveBack(Plan plan, Idle<?> used) {
    if (IDLE.size() > PLANS_MAX) {
      IDLE.clear();
    }
    var _ = IDLE.computeIfAbsent(plan, _ -> new ArrayBlockingQueue<>(IDLE_MAX)).offer(used);
  }
}
