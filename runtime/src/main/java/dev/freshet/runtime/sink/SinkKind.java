package dev.freshet.runtime.sink;

import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.runtime.project.SinkSettings;

/** A kind of sink. Immutable; safe for all threads. */
interface SinkKind {
  /** Whether the rows that it writes are told apart by a key. */
  enum Keys {
    REQUIRED,
    OPTIONAL
  }

  /** As {@code kind:} names it. */
  String name();

  Keys keys();

  /**
   * Makes a sink from its file; touches nothing else.
   *
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file
   */
  Sink create(SinkSettings settings, SinkInput input);
}
