package dev.freshet.lake.catalog;

import dev.freshet.lake.files.LakeFiles;
import dev.freshet.lake.files.LakeInput;
import dev.freshet.lake.files.LakeOutput;
import java.io.ByteArrayOutputStream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Iceberg's files as files of the lake. A delete waits until the next publish, because the
 * published metadata may still need the file.
 */
public final class LakeFileIo implements FileIO {
  private final transient LakeFiles files;

  static {
    ManifestFormat.isInstalled();
  }

  public LakeFileIo(LakeFiles files) {
    this.files = files;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new Input(files, location, Input.ANY_LENGTH);
  }

  /**
   * @param length that the file has to have: what names the file tells it
   */
  @Override
  public InputFile newInputFile(String location, long length) {
    return new Input(files, location, length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new Output(files, location);
  }

  @Override
  public void deleteFile(String location) {
    files.deferDelete(location);
  }

  /**
   * @param named the length that was told with the name; not asked of the storage for {@link
   *     #getLength}, since whoever reads has to learn that the file has another
   */
  record Input(LakeFiles files, String location, long named) implements InputFile {
    static final long ANY_LENGTH = -1;

    @Override
    public long getLength() {
      return files.size(location);
    }

    @Override
    public SeekableInputStream newStream() {
      return new InputStream(open());
    }

    /** The whole file. */
    byte[] content() {
      try (LakeInput in = open()) {
        return in.readFully(0, Math.toIntExact(in.size()));
      }
    }

    private LakeInput open() {
      if (!files.exists(location)) {
        throw new NotFoundException("Cannot open lake file: %s. It is gone.", location);
      }
      return files.open(location);
    }

    @Override
    public boolean exists() {
      return files.exists(location);
    }
  }

  record Output(LakeFiles files, String location) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      LakeOutput out = files.create(location);
      return location.endsWith(".avro") ? new AvroStream(out, location) : new OutputStream(out);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return create();
    }

    @Override
    public InputFile toInputFile() {
      return new Input(files, location, Input.ANY_LENGTH);
    }
  }

  private static final class OutputStream extends PositionOutputStream {
    private final LakeOutput out;

    OutputStream(LakeOutput out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return out.position();
    }

    @Override
    public void write(int value) {
      out.write(value);
    }

    @Override
    public void write(byte[] bytes, int start, int count) {
      out.write(bytes, start, count);
    }

    @Override
    public void close() {
      out.close();
    }
  }

  /** Keeps a manifest, of which Iceberg bounds the size, until its end: then its markers follow. */
  private static final class AvroStream extends PositionOutputStream {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final LakeOutput out;
    private final String location;
    private boolean closed;

    AvroStream(LakeOutput out, String location) {
      this.out = out;
      this.location = location;
    }

    @Override
    public long getPos() {
      return content.size();
    }

    @Override
    public void write(int value) {
      content.write(value);
    }

    @Override
    public void write(byte[] bytes, int start, int count) {
      content.write(bytes, start, count);
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      byte[] file = content.toByteArray();
      AvroMarkers.replace(file, location);
      out.write(file, 0, file.length);
      out.close();
    }
  }

  /** Buffered, since Avro reads in small pieces; most files are small, and the buffer begins so. */
  private static final class InputStream extends SeekableInputStream {
    private static final int BUFFER_BYTES_MIN = 8 * 1024;
    private static final int BUFFER_BYTES_MAX = 64 * 1024;

    private final LakeInput in;
    private byte[] buffer = new byte[BUFFER_BYTES_MIN];
    private long bufferStart;
    private int buffered;
    private long position;

    InputStream(LakeInput in) {
      this.in = in;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long newPosition) {
      position = newPosition;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 1 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int start, int count) {
      if (count == 0) {
        return 0;
      }
      if (position < bufferStart || position >= bufferStart + buffered) {
        if (buffered == buffer.length && buffered < BUFFER_BYTES_MAX) {
          buffer = new byte[2 * buffered];
        }
        bufferStart = position;
        buffered = in.read(position, buffer, 0, buffer.length);
        if (buffered == 0) {
          return -1;
        }
      }
      int offset = (int) (position - bufferStart);
      int copied = Math.min(count, buffered - offset);
      System.arraycopy(buffer, offset, bytes, start, copied);
      position += copied;
      return copied;
    }

    @Override
    public void close() {
      in.close();
    }
  }
}
