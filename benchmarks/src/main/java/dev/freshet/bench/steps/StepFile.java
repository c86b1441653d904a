package dev.freshet.bench.steps;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.core.change.TableChanges;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The events of each step in a file, so that the process that is measured neither makes them nor
 * compiles the code that does. One thread owns it.
 */
public final class StepFile implements IntFunction<List<TableChanges>>, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final DataInputStream in;

  public StepFile(Path file) throws IOException {
    in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
  }

  /**
   * Writes steps.
   *
   * @param events makes as many events as are asked for
   */
  public static void write(
      Path file, IntFunction<List<TableChanges>> events, int stepEvents, long count)
      throws IOException {
    ByteWriter bytes = new ByteWriter(1 << 20);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
      for (long done = 0; done < count; done += stepEvents) {
        bytes.clear();
        ChangeSetCodec.write(bytes, changes(events.apply(stepEvents)));
        out.writeInt(bytes.length());
        out.write(bytes.array(), 0, bytes.length());
      }
    }
  }

  private static ChangeSet changes(List<TableChanges> tables) {
    return new ChangeSet("bench", new byte[0], 0, 0, 0, ChangeSet.Part.LAST, tables);
  }

  /** The events of the next step, as many as it has. */
  @Override
  public List<TableChanges> apply(int wanted) {
    try {
      byte[] bytes = in.readNBytes(in.readInt());
      return ChangeSetCodec.read(new ByteReader(bytes, 0, bytes.length)).tables();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
