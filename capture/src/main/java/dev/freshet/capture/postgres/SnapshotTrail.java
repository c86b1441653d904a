package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the log has of a first snapshot that has not come to its end: which ranges of which tables,
 * as the positions of its parts tell. Safe for all threads.
 *
 * <pre>
 *  part   part   part+range   part   part+range      the log; what is behind the last complete range of a
 *  '------- range 1 -------'  '-- range 2 --'        worker is read again
 * </pre>
 */
final class SnapshotTrail {
  private record Key(int relation, long fingerprint) {}

  private final Map<Key, List<PageRange>> read = new HashMap<>(); // guarded by this

  /** Tables that were emptied and begun anew, and in the snapshot of which LSN. */
  private final Map<Integer, Long> since = new HashMap<>(); // guarded by this

  private long systemId; // guarded by this
  private long slotPoint; // guarded by this
  private boolean isUsable = true; // guarded by this

  SnapshotTrail() {}

  /**
   * @param positions of the parts in the log, in their order
   */
  static SnapshotTrail of(List<byte[]> positions) {
    SnapshotTrail trail = new SnapshotTrail();
    for (byte[] position : positions) {
      trail.taken(Position.decode(position));
    }
    return trail;
  }

  /** The sink has taken a part. */
  synchronized void taken(Position part) {
    if (part.kind() != Position.Kind.SNAPSHOT) {
      isUsable = false;
      return;
    }
    boolean isFirst = slotPoint == 0;
    systemId = isFirst ? part.systemId() : systemId;
    slotPoint = isFirst ? part.lsn() : slotPoint;
    isUsable &= part.systemId() == systemId && part.lsn() == slotPoint;
    part.reads().forEach(this::add);
  }

  private void add(Position.Read done) {
    if (done.isNothing()) {
      read.keySet().removeIf(key -> key.relation() == done.relation());
      since.put(done.relation(), done.fingerprint());
      return;
    }
    Key key = new Key(done.relation(), done.fingerprint());
    read.computeIfAbsent(key, _ -> new ArrayList<>()).add(done.range());
  }

  /** The sink has been told that all parts are void. */
  synchronized void clear() {
    read.clear();
    since.clear();
    systemId = 0;
    slotPoint = 0;
    isUsable = true;
  }

  /** Whether there is something that need not be read again, if the slot is still there. */
  synchronized boolean isUsable() {
    return isUsable && !read.isEmpty();
  }

  /** Whether it began at this slot. */
  synchronized boolean isOf(Server server, Slot slot) {
    return server.systemId() == systemId && slot.confirmed() == slotPoint;
  }

  /** Where the slot stands: from there on the stream has what changed since the first range. */
  synchronized long slotPoint() {
    return slotPoint;
  }

  /**
   * Tables of which no range was read before the LSN: what was committed earlier is in all of them,
   * and must not come again, since the tables may have had another shape then.
   */
  synchronized Map<Integer, Long> since() {
    return Map.copyOf(since);
  }

  /**
   * Whether all tables of which it has something are still captured under the names that they had.
   *
   * @param names of each, as {@link SnapshotPlan.Part#names}, by object id
   */
  synchronized boolean isOfTables(Map<Integer, Long> names) {
    return read.keySet().stream()
        .allMatch(key -> {
          Long now = names.get(key.relation());
          return now != null && now == SnapshotPlan.Part.namesOf(key.fingerprint());
        });
  }

  /**
   * The ranges that were read of a table in this shape and file.
   *
   * @param fingerprint of both
   */
  synchronized List<PageRange> ranges(int relation, long fingerprint) {
    return List.copyOf(read.getOrDefault(new Key(relation, fingerprint), List.of()));
  }
}
