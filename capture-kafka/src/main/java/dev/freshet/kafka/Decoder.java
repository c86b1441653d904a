package dev.freshet.kafka;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.KafkaPosition.Next;
import dev.freshet.kafka.message.TableMessages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final String source;
  private final Topics.Found topics;
  private final Map<String, TableMessages> tables;
  private final Counters counters;
  private final Clock clock;

  /** Behind the messages that were decoded. */
  private final Map<TopicPartition, Next> next;

  /** Behind the change sets that came of them. */
  private KafkaPosition position;

  private List<ChangeSet> ready = new ArrayList<>();

  /** What came of messages, counted when it is taken: what never is comes again. */
  private List<Came> came = new ArrayList<>();

  private record Came(String table, long rows, long refused, long bytes) {}

  private long newestMillis;
  private long bytes;

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
   * Decodes messages that follow those before.
   *
   * @throws FreshetException when a schema cannot be asked for now: what was read before it is
   *     ready
   */
  void decode(ConsumerRecords<byte[], byte[]> records) {
    try {
      for (TopicPartition partition : records.partitions()) {
        read(partition, records.records(partition));
      }
      // Behind the last messages there may be marks of transactions.
      records
          .nextOffsets()
          .forEach((partition, behind) -> {
            Next at = next.get(partition);
            if (at != null && behind.offset() > at.offset()) {
              next.put(partition, new Next(behind.offset(), at.epoch()));
            }
          });
    } finally {
      endChangeSet();
    }
  }

  private void read(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    TableMessages table = table(partition.topic());
    long size = 0;
    ConsumerRecord<byte[], byte[]> last = null;
    for (ConsumerRecord<byte[], byte[]> message : records) {
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
    bytes = 0;
  }

  /** Change sets since the last call, in their order; counts what came of them. */
  List<ChangeSet> takeReady() {
    List<ChangeSet> taken = ready;
    ready = new ArrayList<>();
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
