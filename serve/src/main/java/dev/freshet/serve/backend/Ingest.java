package dev.freshet.serve.backend;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Map;

/** Takes rows that senders post to tables. Safe for all threads. */
@FunctionalInterface
public interface Ingest {
  /**
   * Begins a request.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} for a table that is not posted to
   */
  Intake begin(String table);

  /** One request, until it is answered. One thread owns it. */
  interface Intake extends AutoCloseable {
    /** Bytes that the body may have. */
    int bytesMax();

    /**
     * Asks for room for a body of so many bytes in all, before they are read.
     *
     * @throws FreshetException {@link ErrorCode#LIMIT_EXCEEDED}, {@link ErrorCode#OVERLOADED}
     */
    void reserve(long bytes);

    /**
     * Takes the rows; returns when they are durable.
     *
     * @throws FreshetException why they were not taken, or {@link ErrorCode#TIMED_OUT} when that
     *     cannot be told
     */
    Answer take(Post post);

    /** Gives the room back; a second time does nothing. */
    @Override
    void close();
  }

  /**
   * What was sent.
   *
   * @param contentType as it came; empty when it did not
   * @param event the attributes of a CloudEvent that came as headers, without their prefix
   * @param operation what rows do that do not say it; may be empty
   * @param idempotencyKey may be empty
   * @param body holds the rows from the first byte to {@code length}
   */
  @SuppressWarnings("ArrayRecordComponent") // only read
  record Post(
      String contentType,
      Map<String, String> event,
      String operation,
      String idempotencyKey,
      byte[] body,
      int length) {}

  /**
   * What became of the rows.
   *
   * @param refused those that were not taken; they are kept with their reasons
   */
  record Answer(Outcome outcome, int accepted, List<Refused> refused) {
    public Answer {
      refused = List.copyOf(refused);
    }
  }

  /** Whether this request has written the rows. */
  enum Outcome {
    WRITTEN,
    /** An earlier one with the same key has. */
    REPEATED
  }

  /**
   * A row that was not taken.
   *
   * @param index its place in the body, from 0
   */
  record Refused(int index, ErrorCode code, String reason) {}
}
