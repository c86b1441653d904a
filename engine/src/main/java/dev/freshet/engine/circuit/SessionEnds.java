package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which of the open sessions may close next. Such a session has an entry or more: its partition and
 * a time within it, which stays there when rows move the session's end. An entry that was due too
 * early is entered again by its owner.
 *
 * <pre>
 *   entered   |----x|            when due   |----x-------|
 * </pre>
 *
 * Sessions of a partition lie apart, so that an entry's session is the first one of its partition
 * that ends no earlier; when it closes, all of its entries are due.
 *
 * <pre>
 *   moments   | bucket | bucket | bucket |  no entries: closes are searched for in all sessions
 *                                        '- searchFrom
 * </pre>
 *
 * The entries stand beside the state and are made again of it by a search. One thread owns it;
 * {@link #bytes} may be called by any.
 */
final class SessionEnds {
  /** A useful {@code bytesMax}: some 300,000 entries of one number. */
  static final long BYTES_MAX = 8 << 20;

  /** So much does not hurt where memory is short, and saves most searches. */
  private static final long BYTES_MIN = 1 << 16;

  /** Of the gap; the fewer, the more entries are looked at before they are due. */
  private static final int BUCKETS_OF_GAP = 64;

  private final int[] columns;
  private final int time;
  private final long gap;
  private final Closing closing;
  private final Schema schema;
  private final RowOrder order;
  private final long spread;
  private final TreeMap<Long, Bucket> buckets = new TreeMap<>();
  private long bytesMax;

  /** Later buckets have no entries. */
  private long lastBucket = Long.MAX_VALUE;

  /** No session without an entry closes before it. */
  private long searchFrom = Long.MAX_VALUE;

  private final AtomicLong bytes = new AtomicLong();

  /** Entries of about one moment. */
  private static final class Bucket {
    private final BatchBuilder entries;
    private long bytes;

    Bucket(Schema schema) {
      entries = new BatchBuilder(schema, 0);
    }
  }

  /**
   * @param state of sessions: the columns of the partition, the last time, others
   * @param time the column of the last time
   * @param closing of a session, by its end
   * @param bytesMax about how much memory entries may take
   */
  SessionEnds(Schema state, int time, long gap, Closing closing, long bytesMax) {
    this.columns = Schemas.range(time + 1);
    this.time = time;
    this.gap = gap;
    this.closing = closing;
    this.schema = Schemas.numbered(state, columns);
    this.order =
        RowOrder.sorted(
            schema, Schemas.range(time), new int[] {time}, new boolean[1], new boolean[1]);
    this.spread = Math.max(1, gap / BUCKETS_OF_GAP);
    this.bytesMax = bytesMax;
  }

  /** Whether sessions may close at this moment or before. */
  boolean mayClose(long upTo) {
    return needsSearch(upTo) || (!buckets.isEmpty() && buckets.firstKey() <= bucket(upTo));
  }

  /** Whether sessions that have no entry may close at this moment or before. */
  boolean needsSearch(long upTo) {
    return upTo >= searchFrom;
  }

  /** Whether a session with this last time is closed; one whose end is out of range never is. */
  boolean isClosed(long last, long upTo) {
    return !isEndless(last) && moment(last) <= upTo;
  }

  private boolean isEndless(long last) {
    return last + gap < last;
  }

  private long moment(long last) {
    return closing.moment(last + gap);
  }

  private long bucket(long moment) {
    return Math.floorDiv(moment, spread);
  }

  /** Enters sessions, rows of state. */
  void add(Batch sessions) {
    if (sessions.isEmpty()) {
      return;
    }
    Batch from = sessions.select(columns);
    long rowBytes = Math.max(1, from.bytes() / from.rowCount());
    long[] last = ((LongVector) from.column(time)).values();
    long added = 0;
    for (int i = 0; i < from.rowCount(); i++) {
      if (isEndless(last[i])) {
        continue;
      }
      long moment = moment(last[i]);
      long at = bucket(moment);
      if (at > lastBucket) {
        searchFrom = Math.min(searchFrom, moment);
        continue;
      }
      Bucket bucket = buckets.computeIfAbsent(at, _ -> new Bucket(schema));
      bucket.entries.append(from, i, 1);
      bucket.bytes += rowBytes;
      added += rowBytes;
    }
    bytes.addAndGet(added);
    dropLatest();
  }

  private void dropLatest() {
    while (bytes.get() > bytesMax) {
      Map.Entry<Long, Bucket> latest = buckets.pollLastEntry();
      lastBucket = latest.getKey() - 1;
      searchFrom = Math.min(searchFrom, firstMoment(latest.getKey()));
      bytes.addAndGet(-latest.getValue().bytes);
    }
  }

  private long firstMoment(long bucket) {
    return bucket <= Long.MIN_VALUE / spread ? Long.MIN_VALUE : bucket * spread;
  }

  /** Takes out the entries that are due, each once. */
  Run take(long upTo) {
    List<Batch> parts = new ArrayList<>();
    while (!buckets.isEmpty() && buckets.firstKey() <= bucket(upTo)) {
      Bucket first = buckets.pollFirstEntry().getValue();
      bytes.addAndGet(-first.bytes);
      parts.add(first.entries.build());
    }
    Batch all = parts.isEmpty() ? Batch.empty(schema) : Rows.concat(schema, parts);
    long[] last = ((LongVector) all.column(time)).values();
    int[] due = new int[all.rowCount()];
    int[] early = new int[due.length];
    int dueCount = 0;
    int earlyCount = 0;
    for (int i = 0; i < due.length; i++) {
      if (isClosed(last[i], upTo)) {
        due[dueCount++] = i;
      } else {
        early[earlyCount++] = i;
      }
    }
    add(Rows.gather(all, early, earlyCount));
    return Run.of(order, Rows.gather(all, due, dueCount));
  }

  /** Drops all entries; those of sessions that are open then are to be added. */
  void beginSearch() {
    buckets.clear();
    bytes.set(0);
    lastBucket = Long.MAX_VALUE;
    searchFrom = Long.MAX_VALUE;
  }

  /** As if nothing were known of the sessions. */
  void forget() {
    beginSearch();
    lastBucket = Long.MIN_VALUE;
    searchFrom = Long.MIN_VALUE;
  }

  /** Gives memory back, and takes half as much from now on. */
  void release() {
    long from =
        buckets.isEmpty() ? searchFrom : Math.min(searchFrom, firstMoment(buckets.firstKey()));
    bytesMax = Math.max(Math.min(bytesMax, BYTES_MIN), bytes() / 2);
    forget();
    searchFrom = from;
  }

  /** About how much memory the entries take. */
  long bytes() {
    return bytes.get();
  }
}
