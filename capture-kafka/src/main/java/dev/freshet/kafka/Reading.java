package dev.freshet.kafka;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.KafkaPosition.Next;
import dev.freshet.kafka.message.TableMessages;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of assigned partitions, and makes change sets of them: each holds the rows of some
 * messages and the position behind them. One thread owns it, save {@link #wakeup}.
 */
final class Reading implements AutoCloseable {
  /** A change set is ended when its messages have so many bytes. */
  private static final int CHANGE_SET_BYTES = 4 << 20;

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(3);

  private final KafkaSettings settings;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topics.Found topics;
  private final Map<String, TableMessages> tables;
  private final Counters counters;
  private final Clock clock;

  /** Behind the messages that were decoded. */
  private final Map<TopicPartition, Next> next;

  /** Behind the change sets that came of them. */
  private KafkaPosition position;

  private final Queue<ChangeSet> ready = new ArrayDeque<>();
  private long newestMillis;
  private long bytes;

  /**
   * @param position where to begin; the partitions that the broker has are among its own
   * @param tables by name
   */
  Reading(
      KafkaSettings settings,
      Topics.Found topics,
      KafkaPosition position,
      Map<String, TableMessages> tables,
      Counters counters,
      Clock clock) {
    this.settings = settings;
    this.topics = topics;
    this.tables = tables;
    this.counters = counters;
    this.clock = clock;
    this.position = position;
    this.next = new HashMap<>(position.next());
    tables.values().forEach(TableMessages::discard);
    this.consumer = Clients.consumer(settings);
    try {
      assign();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void assign() {
    consumer.assign(topics.partitions());
    for (TopicPartition partition : topics.partitions()) {
      Next at = next.getOrDefault(partition, new Next(0, KafkaPosition.NO_EPOCH));
      if (at.epoch() == KafkaPosition.NO_EPOCH) {
        consumer.seek(partition, at.offset());
      } else {
        // With the epoch, the broker tells when it has other messages than those that were read.
        consumer.seek(partition, new OffsetAndMetadata(at.offset(), Optional.of(at.epoch()), ""));
      }
    }
  }

  /** Whether there is nothing to read: no topic matches the patterns yet. */
  boolean isEmpty() {
    return topics.partitions().isEmpty();
  }

  Topics.Found topics() {
    return topics;
  }

  /**
   * Waits for messages for a short time, and makes change sets of those that came.
   *
   * <p>Only with a partition ({@link #isEmpty}).
   *
   * @throws FreshetException when a schema cannot be asked for now: what was read before it is
   *     ready
   * @throws KafkaException of the consumer
   */
  void poll() {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    if (records.isEmpty()) {
      return;
    }
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
        table.add(message);
      } catch (RuntimeException | Error e) {
        // Nothing of this message was added, and all before it is behind the position.
        counters.addBytes(table.table(), size);
        reached(partition, last);
        throw e;
      }
      int length =
          Math.max(0, message.serializedKeySize()) + Math.max(0, message.serializedValueSize());
      size += length;
      bytes += length;
      newestMillis = Math.max(newestMillis, message.timestamp());
      last = message;
      if (table.isFull() || bytes >= CHANGE_SET_BYTES) {
        reached(partition, message);
        endChangeSet();
      }
    }
    reached(partition, last);
    counters.addBytes(table.table(), size);
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
        counters.add(table.table(), rows.accepted(), rows.refused().size());
        changes.add(rows.changes());
      }
    }
    KafkaPosition behind = new KafkaPosition(position.ids(), next);
    if (!changes.isEmpty()) {
      long now = clock.wallMicros();
      long newest = newestMillis > 0 ? newestMillis * 1_000 : now;
      ready.add(
          new ChangeSet(
              settings.name(), behind.toBytes(), newest, now, 0, ChangeSet.Part.LAST, changes));
    }
    position = behind;
    newestMillis = 0;
    bytes = 0;
  }

  /** Change sets to offer, in their order; whoever delivers one takes it out. */
  Queue<ChangeSet> ready() {
    return ready;
  }

  /** Where reading stands: behind all that is in {@link #ready}. */
  KafkaPosition position() {
    return position;
  }

  /** Tells the group how far the log is on disk; what becomes of it is told later. */
  void commit(KafkaPosition durable, Consumer<String> problem) {
    consumer.commitAsync(
        offsets(durable),
        (_, e) -> {
          problem.accept(
              e == null
                  ? ""
                  : "Cannot tell group "
                      + settings.group()
                      + " how far the log is (which only Kafka's own tools miss): "
                      + KafkaErrors.said(e));
        });
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(KafkaPosition durable) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    durable
        .next()
        .forEach((partition, at) -> {
          if (topics.partitions().contains(partition)) {
            offsets.put(partition, new OffsetAndMetadata(at.offset()));
          }
        });
    return offsets;
  }

  /** Messages that wait at the broker, by table, as far as they are known. */
  Map<String, Long> lags() {
    Map<String, Long> lags = new HashMap<>();
    for (TopicPartition partition : topics.partitions()) {
      OptionalLong lag = consumer.currentLag(partition);
      if (lag.isPresent()) {
        lags.merge(topics.tables().getOrDefault(partition.topic(), ""), lag.getAsLong(), Long::sum);
      }
    }
    return lags;
  }

  /** Ends a wait for messages. Safe for all threads. */
  void wakeup() {
    consumer.wakeup();
  }

  /** Tells the group for the last time, and leaves. */
  void closeWith(KafkaPosition durable) {
    try {
      consumer.commitSync(offsets(durable), CLOSE_MAX);
    } catch (KafkaException e) {
      // The group then shows an older offset; what counts stands in the log.
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE_MAX));
  }
}
