package dev.freshet.peer.flink;

import dev.freshet.measure.EventCursor;
import dev.freshet.measure.EventFile;
import dev.freshet.measure.RunControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;

/**
 * The events of a file. Of n subtasks each reads every n-th block, so that all are at about the
 * same time. Its position is part of each checkpoint.
 */
final class EventSource
    implements Source<RowData, EventSource.Split, Collection<EventSource.Split>> {
  private final String file;
  private final long events;

  /**
   * @param events how many of the file to read at most, rounded up to whole blocks
   */
  EventSource(String file, long events) {
    this.file = file;
    this.events = events;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SplitEnumerator<Split, Collection<Split>> createEnumerator(
      SplitEnumeratorContext<Split> context) {
    int end = (int) ((events + EventFile.BLOCK_EVENTS - 1) / EventFile.BLOCK_EVENTS);
    // A reader takes the first row of a split without asking whether there is one.
    int every = Math.min(context.currentParallelism(), end);
    List<Split> splits = new ArrayList<>();
    for (int first = 0; first < every; first++) {
      splits.add(new Split(file, first, every, end, first, 0));
    }
    return new IteratorSourceEnumerator<>(context, splits);
  }

  @Override
  public SplitEnumerator<Split, Collection<Split>> restoreEnumerator(
      SplitEnumeratorContext<Split> context, Collection<Split> splits) {
    return new IteratorSourceEnumerator<>(context, splits);
  }

  @Override
  public SimpleVersionedSerializer<Split> getSplitSerializer() {
    return new SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<Split>> getEnumeratorCheckpointSerializer() {
    return new SplitsSerializer();
  }

  @Override
  public SourceReader<RowData, Split> createReader(SourceReaderContext context) {
    return new IteratorSourceReader<>(context);
  }

  /**
   * Blocks first, first + every, ... before end; of which the next event to emit is number {@code
   * eventInBlock} of {@code block}.
   */
  record Split(String file, int first, int every, int end, int block, int eventInBlock)
      implements IteratorSourceSplit<RowData, Events> {
    @Override
    public String splitId() {
      return String.valueOf(first);
    }

    @Override
    public Events getIterator() {
      return new Events(this);
    }

    @Override
    public IteratorSourceSplit<RowData, Events> getUpdatedSplitForIterator(Events iterator) {
      return new Split(file, first, every, end, iterator.block, iterator.eventInBlock);
    }
  }

  /** The rows of one split; each is overwritten by the next. */
  static final class Events implements Iterator<RowData> {
    private final Split split;
    private final EventFile file;
    private final EventCursor cursor = new EventCursor();
    private final EventLayout layout = new EventLayout();
    private int block;
    private int eventInBlock;
    private boolean open;

    Events(Split split) {
      this.split = split;
      this.block = split.block();
      this.eventInBlock = split.eventInBlock();
      try {
        this.file = new EventFile(Path.of(split.file()));
        load();
        for (int i = 0; i < eventInBlock; i++) {
          next();
          eventInBlock--;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean hasNext() {
      if (cursor.left() > 0) {
        return true;
      }
      if (!open) {
        return false;
      }
      block += split.every();
      eventInBlock = 0;
      try {
        load();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return cursor.left() > 0;
    }

    @Override
    public RowData next() {
      cursor.next();
      eventInBlock++;
      return layout.read(cursor);
    }

    private void load() throws IOException {
      byte[] bytes = block < split.end() ? file.block(block) : new byte[0];
      cursor.on(bytes);
      layout.on(bytes);
      open = cursor.left() > 0 && RunControl.current().emits(cursor.left());
      if (!open) {
        cursor.on(new byte[0]);
        file.close();
      }
    }
  }

  private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Split split) {
      byte[] file = split.file().getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(5 * Integer.BYTES + file.length)
          .putInt(split.first())
          .putInt(split.every())
          .putInt(split.end())
          .putInt(split.block())
          .putInt(split.eventInBlock())
          .put(file)
          .array();
    }

    @Override
    public Split deserialize(int version, byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int first = in.getInt();
      int every = in.getInt();
      int end = in.getInt();
      int block = in.getInt();
      int eventInBlock = in.getInt();
      String file = StandardCharsets.UTF_8.decode(in).toString();
      return new Split(file, first, every, end, block, eventInBlock);
    }
  }

  private static final class SplitsSerializer
      implements SimpleVersionedSerializer<Collection<Split>> {
    private final SplitSerializer each = new SplitSerializer();

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Collection<Split> splits) {
      List<byte[]> all = splits.stream().map(each::serialize).toList();
      int bytes = all.stream().mapToInt(split -> Integer.BYTES + split.length).sum();
      ByteBuffer out = ByteBuffer.allocate(bytes);
      all.forEach(split -> out.putInt(split.length).put(split));
      return out.array();
    }

    @Override
    public Collection<Split> deserialize(int version, byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      List<Split> splits = new ArrayList<>();
      while (in.hasRemaining()) {
        byte[] split = new byte[in.getInt()];
        in.get(split);
        splits.add(each.deserialize(version, split));
      }
      return splits;
    }
  }
}
