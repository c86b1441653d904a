package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Storage;
import java.util.List;
import java.util.Map;

/** A source's origin with some rows, as {@link SourceContract} needs it. */
public interface SourceFixture extends AutoCloseable {
  /** What becomes of rows for which the log has no room. */
  enum WhenFull {
    /** They wait at the origin, and are delivered later. */
    WAITS,
    /** Whoever pushes them is told {@link ErrorCode#OVERLOADED}, and pushes them again. */
    REFUSES
  }

  /** What the source does. */
  WhenFull whenFull();

  /** A new instance of the source, as a start of the process makes it. */
  Source source(Storage state);

  /** Puts the rows at the origin; for origins that push, sends them, and all of them again. */
  void provide(Capture running);

  /** Lets sources that are made from now on have more rows, where their settings bound these. */
  default void prepareMore() {}

  /** Adds a few rows to the origin, once all before are delivered. */
  void provideMore(Capture running);

  /** What the tables hold once all rows are delivered, as {@link RecordingLog#content()}. */
  Map<String, List<String>> content();

  /** What they hold with those of {@link #provideMore}. */
  Map<String, List<String>> moreContent();

  /**
   * What a source does beyond what all do; or why there is nothing of that kind with it, which its
   * test then shows.
   */
  sealed interface Claim<T> {
    record Made<T>(T of) implements Claim<T> {}

    record NotMade<T>(String why) implements Claim<T> {}
  }

  /**
   * What becomes of one row.
   *
   * @param key such as {@code id=2}
   * @param changes the row as JSON after each change, and {@code delete}, in their order
   */
  record RowHistory(String table, String key, List<String> changes) {}

  /** A row that is changed by {@link #provide} and {@link #provideMore}, more than once. */
  default Claim<RowHistory> rowHistory() {
    return new Claim.NotMade<>("its tests name no row that changes");
  }

  /** A table that has one more column from some time on. */
  interface Widened {
    /** As {@link SourceFixture#source}, from then on. */
    Source source(Storage state);

    /** Adds a row of the wider table; for origins that push, sends all before again. */
    void provide(Capture running);

    /** As {@link SourceFixture#content}: older rows stay as they came. */
    Map<String, List<String>> content();
  }

  /** A table that is changed once all rows are delivered. */
  default Claim<Widened> widened() {
    return new Claim.NotMade<>("its tests change no table");
  }

  /** How many of the rows do not fit, and so are refused; 0 for an origin that has none. */
  int refused();

  @Override
  void close();
}
