package dev.freshet.capture.http;

import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.core.error.Check;
import java.time.Duration;

/**
 * How a source takes what is posted.
 *
 * @param name the source's name in the project
 * @param requestBytesMax bytes of one body
 * @param waitingBytesMax bytes of all bodies that came and are not answered; further ones are
 *     refused until some are
 * @param idempotencyWindow how long a request with a key is known
 * @param idempotencyKeysMax how many of them, whatever the window says
 * @param unknownFields what becomes of rows with other fields than the table's columns
 */
public record HttpSettings(
    String name,
    int requestBytesMax,
    long waitingBytesMax,
    Duration idempotencyWindow,
    int idempotencyKeysMax,
    UnknownFields unknownFields) {
  public static final int REQUEST_BYTES_MAX = 16 << 20;

  /** They are saved as one array: half a GB for so many. */
  public static final int IDEMPOTENCY_KEYS_MAX = 10_000_000;

  /** So a body and its nested values fit into a record of the log, 64 MiB. */
  private static final int NESTED_BYTES_MAX = 32 << 20;

  /** Numbers of a digit each, the shortest of JSON, take four to five times their bytes. */
  private static final long NESTED_FACTOR = 4;

  public HttpSettings {
    Check.that(
        requestBytesMax > 0 && requestBytesMax <= REQUEST_BYTES_MAX,
        "a body has a limit",
        requestBytesMax,
        REQUEST_BYTES_MAX);
    Check.that(
        waitingBytesMax >= requestBytesMax,
        "the largest body fits into what may wait",
        waitingBytesMax,
        requestBytesMax);
    Check.that(
        idempotencyKeysMax > 0 && idempotencyKeysMax <= IDEMPOTENCY_KEYS_MAX,
        "a key is known for a while, and can be saved",
        idempotencyKeysMax,
        IDEMPOTENCY_KEYS_MAX);
  }

  /** Bytes that the nested values of one body may take; so many may also wait. */
  public int nestedBytesMax() {
    long wanted = Math.min(NESTED_BYTES_MAX, NESTED_FACTOR * requestBytesMax);
    return (int) Math.min(wanted, waitingBytesMax);
  }

  /** What holds for a source that says nothing of it. */
  public static HttpSettings of(String name) {
    return new HttpSettings(
        name, 8 << 20, 64L << 20, Duration.ofHours(24), 1_000_000, UnknownFields.REFUSE);
  }
}
