package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.SourcePosition;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The files of a log as a log that is only read: what was durable at a look at them, and at later
 * looks what came since. One thread owns it and its readers.
 */
public final class StoredLog implements Log {
  private LogFiles.View view;

  public StoredLog(LogFiles.View view) {
    this.view = view;
  }

  /** Goes on with a later look at the files of the same log. */
  public void renew(LogFiles.View later) {
    view = later;
  }

  @Override
  public long startOffset() {
    return view.startOffset();
  }

  @Override
  public long endOffset() {
    return view.durableOffset();
  }

  @Override
  public long durableOffset() {
    return view.durableOffset();
  }

  @Override
  public LogReader read(long fromOffset) {
    return new Reader(fromOffset);
  }

  @Override
  public long offsetAt(long ingestMicros) {
    return view.offsetAt(ingestMicros);
  }

  @Override
  public long waitingBytes() {
    return 0;
  }

  /** Everything is durable. */
  @Override
  public void flush() {}

  /** Nothing is forgotten here. */
  @Override
  public void retain(long fromOffset) {}

  /** No commit comes. */
  @Override
  public void onDurable(LongConsumer listener) {}

  @Override
  public long append(LogRecord record) {
    throw readOnly();
  }

  @Override
  public Scheduler.Handle startCommits(Scheduler scheduler) {
    throw readOnly();
  }

  @Override
  public Optional<SourcePosition> lastPosition(String source) {
    throw readOnly();
  }

  private static FreshetException readOnly() {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID, "Cannot use the log's files like this: they are only read.");
  }

  @Override
  public void close() {}

  /** Goes on in the next look where one ends. */
  private final class Reader implements LogReader {
    private LogFiles.View reading = view;
    private LogReader reader;

    Reader(long fromOffset) {
      this.reader = reading.read(fromOffset);
    }

    @Override
    public boolean next() {
      if (reader.next()) {
        return true;
      }
      if (reading.equals(view)) {
        return false;
      }
      long at = reader.nextOffset();
      reader.close();
      reading = view;
      reader = reading.read(at);
      return reader.next();
    }

    @Override
    public long nextOffset() {
      return reader.nextOffset();
    }

    @Override
    public long offset() {
      return reader.offset();
    }

    @Override
    public String source() {
      return reader.source();
    }

    @Override
    public byte[] position() {
      return reader.position();
    }

    @Override
    public ChangeSet.Part part() {
      return reader.part();
    }

    @Override
    public long ingestMicros() {
      return reader.ingestMicros();
    }

    @Override
    public int rowCount() {
      return reader.rowCount();
    }

    @Override
    public byte[] bytes() {
      return reader.bytes();
    }

    @Override
    public int start() {
      return reader.start();
    }

    @Override
    public int length() {
      return reader.length();
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
