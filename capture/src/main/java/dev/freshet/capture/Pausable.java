package dev.freshet.capture;

import java.util.Optional;

/**
 * A source whose tables can be left alone one by one while it runs. Nothing of a table that is
 * paused is delivered once the source has {@link PausedTables#noticed noticed}, and the others go
 * on; when it is resumed, all that has become of it meanwhile is delivered.
 */
public interface Pausable extends Source {
  /**
   * Which tables are left alone. The running source looks there by itself, and at once after {@link
   * Capture#wake}.
   */
  PausedTables paused();

  /**
   * Which tables are to be read anew: in the place of all that was delivered of them, in one
   * transaction, as when they are added. The running source looks there as for {@link #paused}, and
   * takes a table away when the log says durably that it is to be read. Empty where that cannot be
   * done.
   */
  default Optional<NotedTables> anew() {
    return Optional.empty();
  }

  /**
   * Whether tables can be taken out of it while it runs: it heeds {@link PausedTables#takenOut},
   * and a table that was noted to be {@linkplain #anew read anew} before is read anew when it is of
   * the source again, however the process ended.
   */
  default boolean goesOnWithoutTables() {
    return false;
  }

  /** Why a table cannot be left alone, resumed or read anew; empty when it can. */
  default Optional<String> whyNotPaused(String table) {
    return Optional.empty();
  }
}
