package dev.freshet.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.capture.Recvlogical.Look;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten rows of one column each, in one transaction. */
class RecvlogicalTest {
  private static final int BEGIN = 22;
  private static final int ROW = 22;
  private static final long SECOND = 1_000_000_000;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file = folder.resolve("stream.out");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte('B');
    out.write(new byte[20]);
    out.writeByte('\n');
    for (long id = 1; id <= 10; id++) {
      out.writeByte('I');
      out.writeInt(16_384);
      out.writeByte('N');
      out.writeShort(1);
      out.writeByte('b');
      out.writeInt(Long.BYTES);
      out.writeLong(id);
      out.writeByte('\n');
    }
    out.writeByte('C');
    out.write(new byte[25]);
    out.writeByte('\n');
    Files.write(file, bytes.toByteArray());
  }

  private Side.Run measured(long warmUp, Look... looks) throws IOException {
    return Recvlogical.measured(file, List.of(looks), warmUp, 10);
  }

  private static Look at(long second, int rows, int more) {
    return new Look(second * SECOND, second / 2.0, BEGIN + rows * ROW + more);
  }

  @Test
  void measuresFromTheFirstLookAfterTheWarmUp() throws IOException {
    Look start = new Look(0, 0, 0);
    // The fifth row is the warm-up's last; half of the eighth is in the file as well.
    Side.Run run = measured(5, start, at(1, 4, 21), at(2, 7, 11), at(4, 9, 0), at(5, 10, 27));
    assertThat(run.rows()).isEqualTo(3);
    assertThat(run.seconds()).isEqualTo(3);
    assertThat(run.cpuSeconds()).isEqualTo(1.5);
  }

  @Test
  void measuresAllWithoutAWarmUp() throws IOException {
    Side.Run run = measured(0, new Look(0, 0, 0), at(2, 10, 27));
    assertThat(run.rows()).isEqualTo(10);
    assertThat(run.seconds()).isEqualTo(2);
  }

  @Test
  void refusesAWarmUpWhoseEndWasNotSeen() {
    assertThatThrownBy(() -> measured(5, new Look(0, 0, 0), at(1, 10, 27)))
        .hasMessageContaining("Give more --rows");
  }

  @Test
  void refusesAFileThatEndsWithinAMessage() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> measured(0, new Look(0, 0, 0), at(2, 10, 26)))
        .isInstanceOf(IOException.class);
  }
}
