package dev.freshet.debezium;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.ChangeSetCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A log in a file, of which a process that is killed leaves whole records, and perhaps a torn one.
 */
final class LogFile implements ChangeSink, AutoCloseable {
  private final RandomAccessFile file;
  private final List<ChangeSet> records = new ArrayList<>();

  LogFile(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "rw");
    long end = 0;
    while (file.length() - end >= 4) {
      file.seek(end);
      int length = file.readInt();
      if (file.length() - end - 4 < length) {
        break;
      }
      byte[] bytes = new byte[length];
      file.readFully(bytes);
      records.add(ChangeSetCodec.read(new ByteReader(bytes, 0, length)));
      end += 4 + length;
    }
    file.setLength(end);
    file.seek(end);
  }

  List<ChangeSet> records() {
    return records;
  }

  Resume resume() {
    if (records.isEmpty()) {
      return Resume.FROM_NOTHING;
    }
    ChangeSet last = records.getLast();
    return new Resume.After(last.position(), last.part(), List.of());
  }

  /** The change sets that count, in their order. */
  List<ChangeSet> whole() {
    List<ChangeSet> whole = new ArrayList<>();
    List<ChangeSet> open = new ArrayList<>();
    for (ChangeSet changes : records) {
      if (changes.part() == Part.RESTART) {
        open.clear();
        continue;
      }
      open.add(changes);
      if (changes.part() == Part.LAST) {
        whole.addAll(open);
        open.clear();
      }
    }
    return whole;
  }

  @Override
  public Answer offer(ChangeSet changes) {
    ByteWriter out = new ByteWriter(256);
    out.writeInt(0);
    ChangeSetCodec.write(out, changes);
    out.setInt(0, out.length() - 4);
    try {
      byte[] bytes = out.toByteArray();
      file.writeInt(out.length() - 4);
      file.write(bytes, 4, bytes.length - 4);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.TAKEN;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
