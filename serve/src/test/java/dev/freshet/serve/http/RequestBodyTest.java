package dev.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Ingest.Answer;
import dev.freshet.serve.backend.Ingest.Intake;
import dev.freshet.serve.backend.Ingest.Post;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
  private static final int BYTES_MAX = 100_000;

  /** Room of a hundred thousand bytes. */
  private static final class Room implements Intake {
    private long held;

    @Override
    public int bytesMax() {
      return BYTES_MAX;
    }

    @Override
    public void reserve(long bytes) {
      if (bytes > BYTES_MAX) {
        throw new FreshetException(ErrorCode.LIMIT_EXCEEDED, "too long");
      }
      held = Math.max(held, bytes);
    }

    @Override
    public Answer take(Post post) {
      throw new AssertionError("only a body is read");
    }

    @Override
    public void close() {
      held = 0;
    }
  }

  /** Gives its bytes one by one, and notes how much room is held whenever it is asked for one. */
  private static final class Slow extends InputStream {
    private final Room room;
    private final int length;
    private final List<Long> heldAt = new ArrayList<>();
    private final List<Long> heldAtSkip = new ArrayList<>();

    Slow(Room room, int length) {
      this.room = room;
      this.length = length;
    }

    @Override
    public int read() {
      heldAt.add(room.held);
      return heldAt.size() > length ? -1 : 'x';
    }

    @Override
    public int read(byte[] bytes, int start, int count) {
      int next = read();
      if (next < 0) {
        return -1;
      }
      bytes[start] = (byte) next;
      return 1;
    }

    @Override
    public long skip(long count) {
      heldAtSkip.add(room.held);
      return count;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 70_000, BYTES_MAX})
  void holdsNothingForASenderThatHasSentNothingAndElseAboutTwiceWhatItHasSent(long declared)
      throws IOException {
    Room room = new Room();
    Slow sender = new Slow(room, (int) declared);
    RequestBody body = RequestBody.read(sender, room, declared);
    assertThat(body.length()).isEqualTo(declared);
    assertThat(sender.heldAt.getFirst()).isZero();
    for (int sent = 1; sent < sender.heldAt.size(); sent++) {
      assertThat(sender.heldAt.get(sent)).isBetween((long) sent, Math.max(4_096L, 2L * sent));
    }
  }

  @Test
  void holdsNothingWhileItSkipsWhatIsTooLong() {
    for (long declared : new long[] {BYTES_MAX + 1, 10}) {
      Room room = new Room();
      Slow sender = new Slow(room, BYTES_MAX + 1);
      assertThatThrownBy(() -> RequestBody.read(sender, room, declared))
          .extracting("code")
          .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
      assertThat(sender.heldAtSkip).containsExactly(0L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4_095, 4_096, 4_097, BYTES_MAX})
  void readsBodiesOfEveryLengthWhateverIsDeclared(int length) throws IOException {
    byte[] sent = new byte[length];
    for (int i = 0; i < length; i++) {
      sent[i] = (byte) i;
    }
    for (long declared : new long[] {0, 1, length, BYTES_MAX}) {
      RequestBody body = RequestBody.read(new ByteArrayInputStream(sent), new Room(), declared);
      assertThat(body.length()).isEqualTo(length);
      assertThat(Arrays.copyOf(body.bytes(), length)).isEqualTo(sent);
    }
  }
}
