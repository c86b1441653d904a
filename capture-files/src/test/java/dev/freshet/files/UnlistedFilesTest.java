package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A place whose files cannot be listed is asked less and less often, and goes on by itself. */
@Timeout(60)
class UnlistedFilesTest {
  private static final int TRIES = 12;

  @TempDir private Path folder;

  /** Without files; refuses to be listed while there is a reason. */
  private static final class Refusing implements FileStore {
    private Optional<ErrorCode> reason = Optional.empty();

    @Override
    public String root() {
      return "nowhere";
    }

    @Override
    public Listing list() {
      if (reason.isPresent()) {
        throw new FreshetException(reason.get(), "Cannot list: " + reason.get());
      }
      return new Listing(List.of(), List.of());
    }

    @Override
    public Optional<FoundFile> find(String path) {
      return Optional.empty();
    }

    @Override
    public OpenFile open(FoundFile file) {
      throw new AssertionError("There is none");
    }
  }

  private void waits(ErrorCode reason, State state, Duration first, Duration last)
      throws Exception {
    Refusing store = new Refusing();
    try (SteppedFiles files =
        new SteppedFiles(folder, Duration.ofSeconds(1), Duration.ofSeconds(10))) {
      files.through(store);
      for (int round = 0; round < 2; round++) {
        store.reason = Optional.of(reason);
        for (int i = 0; i < TRIES; i++) {
          Duration most = first.multipliedBy(1L << i);
          Duration bound = most.compareTo(last) < 0 ? most : last;
          assertThat(files.pause()).isBetween(bound.dividedBy(2), bound);
          assertThat(files.state()).isEqualTo(state);
          assertThat(files.trouble()).isEqualTo("Cannot list: " + reason);
        }
        store.reason = Optional.empty();
        assertThat(files.pause()).isEqualTo(Duration.ofMillis(250)); // until the next look
        assertThat(files.state()).isEqualTo(State.STREAMING);
        assertThat(files.trouble()).isEmpty();
      }
    }
  }

  @Test
  void onesThatAreAway() throws Exception {
    waits(
        ErrorCode.SOURCE_UNREACHABLE,
        State.WAITING_TO_RETRY,
        Duration.ofMillis(200),
        Duration.ofSeconds(30));
  }

  @Test
  void onesThatSomeoneHasToMend() throws Exception {
    waits(
        ErrorCode.SOURCE_MISCONFIGURED, State.FAILED, Duration.ofSeconds(2), Duration.ofMinutes(1));
  }
}
