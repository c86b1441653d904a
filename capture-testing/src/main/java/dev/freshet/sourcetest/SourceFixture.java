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

  /** How many of the rows do not fit, and so are refused; 0 for an origin that has none. */
  int refused();

  @Override
  void close();
}
