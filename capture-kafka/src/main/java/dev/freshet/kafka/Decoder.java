package dev.freshet.kafka;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.KafkaPosition.Next;
import dev.freshet.kafka.message.TableMessages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Makes change sets of messages: each holds the rows of some messages and the position behind them.
 * One thread at a time uses it: the one that reads, or the one that decodes for it ({@link
 * DecodeAhead} hands it over and back).
 */
final class Decoder {
  /** A change set is ended when the log may have so many bytes of it. */
  private static final int CHANGE_SET_BYTES = 4 << 20;

  /** When change sets that are ready have so many bytes, they are taken before there are more. */
  private static final int READY_BYTES = 32 << 20;

  private final String source;
  private final Topics.Found topics;
  private final Map<String, TableMessages> tables;
  private final Counters counters;
  private final Clock clock;

  /** Behind the messages that were decoded. */
  private final Map<TopicPartition, Next> next;

  /** Behind the change sets that came of them. */
  private KafkaPosition position;

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private List<ChangeSet> ready = new ArrayList<>();

  /** What came of messages, counted when it is taken: what never is comes again. */
  private List<Came> came = new ArrayList<>();

  private record Came(String table, long rows, long refused, long bytes) {}

  /**
   * Messages of one partition that are not decoded yet.
   *
   * @param behind them, where marks of transactions may lie; {@link #NOTHING} when it is not told
   */
  private record Waiting(
      TopicPartition partition, Iterator<ConsumerRecord<byte[], byte[]>> messages, long behind) {
    static final long NOTHING = -1;
  }

  private long newestMillis;
  private long bytes;
  private long readyBytes;

  /**
   * @param tables by name
   */
  Decoder(
      String source,
      Topics.Found topics,
      KafkaPosition position,
      Map<String, TableMessages> tables,
      Counters counters,
      Clock clock) {
    this.source = source;
    this.topics = topics;
    this.position = position;
    this.tables = tables;
    this.counters = counters;
    this.clock = clock;
    this.next = new HashMap<>(position.next());
    tables.values().forEach(TableMessages::discard);
  }

  /**
   * Decodes messages that follow those before; when much came of some, the rest waits until what is
   * ready was taken ({@link #isBehind}), and is decoded by the next call, before its messages.
   *
   * @throws FreshetException when a schema cannot be asked for now: what was read before it is
   *     ready
   */
  void decode(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition partition : records.partitions()) {
      Iterator<ConsumerRecord<byte[], byte[]>> messages = records.records(partition).iterator();
      waiting.add(new Waiting(partition, messages, Waiting.NOTHING));
    }
    records
        .nextOffsets()
        .forEach((partition, behind) ->
            waiting.add(new Waiting(partition, Collections.emptyIterator(), behind.offset())));
    try {
      for (Waiting first = waiting.peek();
          first != null && readyBytes < READY_BYTES;
          first = waiting.peek()) {
        read(first);
        if (!first.messages().hasNext()) {
          waiting.remove();
        }
      }
    } finally {
      endChangeSet();
    }
  }

  /** Whether messages wait that were given to be decoded. */
  boolean isBehind() {
    return !waiting.isEmpty();
  }

  private void read(Waiting from) {
    TopicPartition partition = from.partition();
    Next at = next.get(partition);
    if (at != null && from.behind() > at.offset()) {
      next.put(partition, new Next(from.behind(), at.epoch()));
    }
    if (from.messages().hasNext()) {
      decode(partition, from.messages());
    }
  }

  private void decode(TopicPartition partition, Iterator<ConsumerRecord<byte[], byte[]>> messages) {
    TableMessages table = table(partition.topic());
    long size = 0;
    ConsumerRecord<byte[], byte[]> last = null;
    while (messages.hasNext() && readyBytes < READY_BYTES) {
      ConsumerRecord<byte[], byte[]> message = messages.next();
      try {
        bytes += table.add(message);
      } catch (RuntimeException | Error e) {
        // Nothing of this message was added, and all before it is behind the position.
        came.add(new Came(table.table(), 0, 0, size));
        reached(partition, last);
        throw e;
      }
      size += Math.max(0, message.serializedKeySize());
      size += Math.max(0, message.serializedValueSize());
      newestMillis = Math.max(newestMillis, message.timestamp());
      last = message;
      if (table.isFull() || bytes >= CHANGE_SET_BYTES) {
        reached(partition, message);
        endChangeSet();
      }
    }
    reached(partition, last);
    came.add(new Came(table.table(), 0, 0, size));
  }

  private TableMessages table(String topic) {
    TableMessages table = tables.get(topics.tables().getOrDefault(topic, ""));
    if (table == null) {
      throw new IllegalStateException("messages of a topic that was not asked for: " + topic);
    }
    return table;
  }

  private void reached(TopicPartition partition, @Nullable ConsumerRecord<byte[], byte[]> message) {
    if (message != null) {
      int epoch = message.leaderEpoch().orElse(KafkaPosition.NO_EPOCH);
      next.put(partition, new Next(message.offset() + 1, epoch));
    }
  }

  private void endChangeSet() {
    List<TableChanges> changes = new ArrayList<>();
    for (TableMessages table : tables.values()) {
      if (table.count() > 0) {
        DecodedRows rows = table.take();
        came.add(new Came(table.table(), rows.accepted(), rows.refused().size(), 0));
        changes.add(rows.changes());
      }
    }
    KafkaPosition behind = new KafkaPosition(position.ids(), next);
    if (!changes.isEmpty()) {
      long now = clock.wallMicros();
      long newest = newestMillis > 0 ? newestMillis * 1_000 : now;
      ready.add(
          new ChangeSet(source, behind.toBytes(), newest, now, 0, ChangeSet.Part.LAST, changes));
    }
    position = behind;
    newestMillis = 0;
    readyBytes += bytes;
    bytes = 0;
  }

  /** Change sets since the last call, in their order; counts what came of them. */
  List<ChangeSet> takeReady() {
    List<ChangeSet> taken = ready;
    ready = new ArrayList<>();
    readyBytes = 0;
    for (Came each : came) {
      counters.add(each.table(), each.rows(), each.refused(), each.bytes());
    }
    came = new ArrayList<>();
    return taken;
  }

  /** Where reading stands: behind all change sets. */
  KafkaPosition position() {
    return position;
  }
}
