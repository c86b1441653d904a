package dev.freshet.capture.trigger;

import dev.freshet.capture.jdbc.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The rows of the change table that were delivered, until they are deleted: never before the log
 * has them for good. One thread owns it; any may tell {@link #acknowledged}.
 *
 * <pre>
 *   delivered --- the log has synced it ---> durable --- DELETE, 1,000 at a time ---> gone
 * </pre>
 */
final class Delivered {
  private static final int DELETE_MAX = 1_000;

  /** With more ranges than that in each position, rows are deleted before more are read. */
  private static final int RANGES_MAX = 256;

  private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
  private final IdRanges durable = new IdRanges();

  /** All of them. */
  private final IdRanges all;

  private final AtomicLong acknowledged;

  private record Delivery(long number, IdRanges ids) {}

  /**
   * What the log has, after a start.
   *
   * @param number of its last delivery
   */
  Delivered(IdRanges fromLog, long number) {
    this.acknowledged = new AtomicLong(number);
    this.all = fromLog.copy();
    this.durable.addAll(fromLog);
  }

  /** All deliveries up to this number are durable. */
  void acknowledged(long number) {
    acknowledged.accumulateAndGet(number, Math::max);
  }

  /** All of them, as a position needs them, with those of the next delivery. */
  IdRanges with(IdRanges ids) {
    IdRanges with = all.copy();
    with.addAll(ids);
    return with;
  }

  /** All of them as of now. */
  IdRanges copy() {
    return all.copy();
  }

  /**
   * Adds rows of a delivery, or such that nothing needs any more once the log has it.
   *
   * @param number no lower than before
   */
  void add(long number, IdRanges ids) {
    if (!ids.isEmpty()) {
      waiting.add(new Delivery(number, ids));
      all.addAll(ids);
    }
  }

  /** Another change table: of this one nothing was delivered. */
  void forget() {
    waiting.clear();
    durable.removeAll();
    all.removeAll();
  }

  /** Whether rows are to be deleted before more are delivered. */
  boolean isMuch() {
    return all.rangeCount() > RANGES_MAX;
  }

  /** Whether there is something to delete now. */
  boolean isDue() {
    settle();
    return !durable.isEmpty();
  }

  /** Whether there is as much to delete as is deleted at once. */
  boolean isFull() {
    settle();
    return durable.size() >= DELETE_MAX;
  }

  private void settle() {
    while (!waiting.isEmpty() && waiting.getFirst().number() <= acknowledged.get()) {
      durable.addAll(waiting.removeFirst().ids());
    }
  }

  /** Deletes some rows. Each is named, so that no row is locked that another writes. */
  void deleteSome(Session session, ChangeTable changes) throws SQLException {
    List<Long> ids = durable.first(DELETE_MAX);
    Connection connection = session.connection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "DELETE FROM "
              + changes.sql()
              + " WHERE id IN ("
              + ids.stream().map(String::valueOf).collect(Collectors.joining(","))
              + ")");
      connection.commit();
    }
    durable.removeAll(ids);
    all.removeAll(ids);
  }
}
