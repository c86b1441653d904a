package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Numbers the change sets that the sink takes under the source's own name, and says up to which of
 * them they are durable. Offers come one at a time; the rest is safe for all threads.
 */
final class NumberedSink implements ChangeSink {
  @SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only
  private record Waiting(long number, byte[] position) {}

  private final ChangeSink sink;
  private final String source;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by this
  private long count; // guarded by this
  private long whole; // guarded by this
  private long durable; // guarded by this

  /**
   * @param source change sets under other names have no number
   */
  NumberedSink(ChangeSink sink, String source) {
    this.sink = sink;
    this.source = source;
  }

  @Override
  public Answer offer(ChangeSet changes) {
    if (!changes.source().equals(source)) {
      return sink.offer(changes);
    }
    Waiting offered = add(changes.position()); // the sink may acknowledge it at once
    Answer answer = Answer.FULL;
    try {
      answer = sink.offer(changes);
    } finally {
      if (answer == Answer.FULL) {
        remove(offered);
      } else if (changes.part() == Part.LAST) {
        completed(offered);
      }
    }
    return answer;
  }

  private synchronized Waiting add(byte[] position) {
    count++;
    Waiting offered = new Waiting(count, position);
    waiting.add(offered);
    return offered;
  }

  private synchronized void remove(Waiting offered) {
    waiting.removeIf(each -> each.number() == offered.number());
  }

  private synchronized void completed(Waiting offered) {
    whole = offered.number();
  }

  /** All up to the change set of this position is durable. */
  synchronized void acknowledged(byte[] position) {
    long upTo = numberOf(position);
    while (!waiting.isEmpty() && waiting.peek().number() <= upTo) {
      durable = waiting.remove().number();
    }
  }

  /** Positions of several may be equal. The sink tells which one it means, or it is the first. */
  @SuppressWarnings("ReferenceEquality") // which one, not what it says
  private long numberOf(byte[] position) {
    long equal = 0;
    for (Waiting each : waiting) {
      if (each.position() == position) {
        return each.number();
      }
      if (equal == 0 && Arrays.equals(each.position(), position)) {
        equal = each.number();
      }
    }
    return equal;
  }

  /** The number of the last one that completed a transaction; 0 when there is none. */
  synchronized long whole() {
    return whole;
  }

  /** Up to which number they are durable. */
  synchronized long durable() {
    return durable;
  }
}
