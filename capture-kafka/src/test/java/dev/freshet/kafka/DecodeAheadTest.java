package dev.freshet.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecodeAheadTest {
  /** Runs nothing. */
  private static final Scheduler NEVER =
      (_, _) ->
          new Scheduler.Handle() {
            @Override
            public void wake() {
              // it is too late
            }

            @Override
            public boolean isDone() {
              return true;
            }

            @Override
            public @Nullable Throwable failure() {
              return null;
            }

            @Override
            public void cancel() {
              // it is already
            }

            @Override
            public boolean join(long millis) {
              return true;
            }
          };

  private static void refuses(DecodeAhead ahead) {
    assertThat(ahead.isBusy()).isFalse();
    assertThatThrownBy(ahead::await).extracting("code").isEqualTo(ErrorCode.NOT_RUNNING);
  }

  @Test
  void nobodyWaitsForWorkThatNeverRan() {
    DecodeAhead ahead = new DecodeAhead(NEVER, "s");
    ahead.begin(() -> {});
    assertThat(ahead.isBusy()).isTrue();
    ahead.close();
    refuses(ahead);
  }

  @Test
  void refusesWorkOnceItIsClosed() {
    DecodeAhead ahead = new DecodeAhead(Scheduler.threads(), "s");
    ahead.close();
    ahead.begin(() -> {});
    refuses(ahead);
  }
}
