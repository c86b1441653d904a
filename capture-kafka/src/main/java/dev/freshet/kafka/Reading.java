package dev.freshet.kafka;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.KafkaPosition.Next;
import dev.freshet.kafka.message.TableMessages;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads messages of assigned partitions, and has change sets made of them. One thread owns it, save
 * {@link #wakeup}.
 *
 * <pre>
 *   this thread   poll 1 | poll 2          | offer 1, poll 3
 *   the decoder          | decode 1        | decode 2
 * </pre>
 */
final class Reading implements AutoCloseable {
  /** Fewer are decoded sooner than another thread is woken. */
  private static final int AHEAD_MESSAGES = 1_000;

  /** While there is something to decode, that is asked for this often. */
  private static final Duration POLL_AHEAD = Duration.ofMillis(2);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(3);

  private final KafkaSettings settings;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topics.Found topics;
  private final Decoder decoder;
  private final DecodeAhead ahead;
  private final Queue<ChangeSet> ready = new ArrayDeque<>();
  private KafkaPosition position;

  /** Whether polled messages wait to be decoded, as far as is known: then none are polled. */
  private boolean isBehind;

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
      Clock clock,
      DecodeAhead ahead) {
    this.settings = settings;
    this.topics = topics;
    this.position = position;
    this.decoder = new Decoder(settings.name(), topics, position, tables, counters, clock);
    this.ahead = ahead;
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
      Next at = position.next().getOrDefault(partition, new Next(0, KafkaPosition.NO_EPOCH));
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
   * Waits for messages for a short time. Many at once are decoded by another thread while this one
   * polls on, and their change sets are ready after a later call; few are decoded at once. When
   * much came of some, its change sets are to be delivered before the rest is decoded.
   *
   * <p>Only with a partition ({@link #isEmpty}).
   *
   * @throws FreshetException when a schema cannot be asked for now: what was read before it is
   *     ready
   * @throws KafkaException of the consumer
   */
  void poll() {
    ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
    if (!isBehind) {
      records = consumer.poll(ahead.isBusy() ? POLL_AHEAD : POLL);
      while (records.isEmpty() && ahead.isBusy()) {
        records = consumer.poll(POLL_AHEAD);
      }
    }
    try {
      ahead.await();
    } finally {
      take();
    }
    if (records.count() >= AHEAD_MESSAGES || isBehind) {
      ConsumerRecords<byte[], byte[]> many = records;
      ahead.begin(() -> decoder.decode(many));
    } else if (!records.isEmpty()) {
      try {
        decoder.decode(records);
      } finally {
        take();
      }
    }
  }

  private void take() {
    ready.addAll(decoder.takeReady());
    position = decoder.position();
    isBehind = decoder.isBehind();
  }

  /** Change sets to offer, in their order; whoever delivers one takes it out. */
  Queue<ChangeSet> ready() {
    return ready;
  }

  /** Where reading stands: behind all that is, or was, in {@link #ready}. */
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
    ahead.abandon();
    consumer.close(CloseOptions.timeout(CLOSE_MAX));
  }
}
