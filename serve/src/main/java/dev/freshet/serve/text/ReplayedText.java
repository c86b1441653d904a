package dev.freshet.serve.text;

import dev.freshet.serve.backend.Backend.Replayed;
import java.util.Locale;

/** What a replay did, as a line of text. */
public final class ReplayedText {
  private ReplayedText() {}

  public static String line(Replayed replayed) {
    return String.format(
        Locale.ROOT,
        "Shown from step %,d on, after %,d ms: %,d rows came, %,d left.",
        replayed.step(),
        replayed.millis(),
        replayed.rowsCame(),
        replayed.rowsLeft());
  }
}
