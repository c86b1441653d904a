package dev.freshet.capture.http;

import dev.freshet.capture.rows.RefusedRow;
import java.util.List;

/**
 * What became of posted rows, durably.
 *
 * @param accepted rows that were taken
 * @param refused rows that were not; they are kept with their reasons
 */
public record Posted(Outcome outcome, int accepted, List<RefusedRow> refused) {
  /** Whether these rows were written by this request. */
  public enum Outcome {
    WRITTEN,
    /** An earlier request with the same key has written them. */
    REPEATED
  }

  public Posted {
    refused = List.copyOf(refused);
  }

  Posted repeated() {
    return new Posted(Outcome.REPEATED, accepted, refused);
  }
}
