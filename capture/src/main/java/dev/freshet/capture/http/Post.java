package dev.freshet.capture.http;

import java.util.Map;

/**
 * Rows as a sender posted them.
 *
 * @param contentType as it came; empty when it did not
 * @param event the attributes of a CloudEvent that came beside its data, without their prefix;
 *     empty for anything else
 * @param operation what rows do that do not say it: {@code upsert}, {@code delete}, or empty
 * @param idempotencyKey names the request when it is repeated; empty for none
 * @param body holds the rows from the first byte to {@code length}; not kept
 */
@SuppressWarnings("ArrayRecordComponent") // only read, and not kept
public record Post(
    String table,
    String contentType,
    Map<String, String> event,
    String operation,
    String idempotencyKey,
    byte[] body,
    int length) {
  public Post {
    event = Map.copyOf(event);
  }
}
