package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.core.port.Storage;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A source's origin with some rows, as {@link SourceContract} needs it. */
public interface SourceFixture extends AutoCloseable {
  /** What a source can do. What it cannot is not tested, and so is declared here. */
  enum Ability {
    /** Rows that do not fit are refused one by one. */
    BAD_ROWS,
    /** What there is no room for waits at the origin, and is delivered later. */
    WAITS
  }

  /** What the source can do. */
  Set<Ability> abilities();

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

  /** How many of the rows are refused. */
  int refused();

  @Override
  void close();
}
