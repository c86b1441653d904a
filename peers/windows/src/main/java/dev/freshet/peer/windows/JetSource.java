package dev.freshet.peer.windows;

import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.BroadcastKey;
import com.hazelcast.jet.core.EventTimeMapper;
import com.hazelcast.jet.core.EventTimePolicy;
import dev.freshet.measure.RunControl;
import dev.freshet.measure.WindowEvents;
import java.io.Serializable;

/**
 * The events with the numbers i, i + n, ... of processor i of n. Its position is part of each
 * snapshot. Runs on Jet's threads, one at a time.
 */
final class JetSource extends AbstractProcessor {
  private static final int BLOCK = 1_000;

  private final EventTimeMapper<Event> mapper;
  private final long end;
  private long next;
  private long every = 1;
  private int blockLeft;
  private Traverser<Object> pending = Traversers.empty();

  /** An event without its time. */
  record Event(long key, long value) implements Serializable {}

  JetSource(EventTimePolicy<? super Event> policy, long end) {
    this.mapper = new EventTimeMapper<>(policy);
    this.end = end;
  }

  @Override
  protected void init(Context context) {
    mapper.addPartitions(1);
    next = context.globalProcessorIndex();
    every = context.totalParallelism();
  }

  @Override
  public boolean complete() {
    while (emitFromTraverser(pending)) {
      if (next >= end || !mayEmit()) {
        return true;
      }
      Event event = new Event(WindowEvents.key(next), WindowEvents.value(next));
      pending = mapper.flatMapEvent(event, 0, WindowEvents.millis(next));
      next += every;
      blockLeft--;
    }
    return false;
  }

  @Override
  public boolean saveToSnapshot() {
    return tryEmitToSnapshot(BroadcastKey.broadcastKey(next % every), next);
  }

  @Override
  protected void restoreFromSnapshot(Object key, Object value) {
    long position = (Long) value;
    if (position % every == next % every) {
      next = position;
    }
  }

  private boolean mayEmit() {
    if (blockLeft == 0) {
      blockLeft = BLOCK;
      return RunControl.current().emits(BLOCK);
    }
    return true;
  }
}
