package dev.freshet.capture.http;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * Makes decoders of bodies that are no text, such as Avro's, whose library this module must not
 * know. Safe for all threads.
 */
@FunctionalInterface
public interface BinaryBodies {
  /** Refuses every body. */
  BinaryBodies NONE =
      (_, _, _) ->
          (_, _, _, _) -> {
            throw new FreshetException(
                ErrorCode.REQUEST_INVALID,
                "Cannot read a body in Avro: nothing here decodes it. Send it as JSON or CSV.");
          };

  /**
   * A decoder of one table's rows.
   *
   * @param bytesMax that a body may have, also when it is unpacked
   */
  Decoder decoder(Contract contract, UnknownFields unknown, int bytesMax);

  /** Decodes bodies with rows of one table. Safe for all threads. */
  @FunctionalInterface
  interface Decoder {
    /**
     * @param usual what a row does that does not say it
     * @param body holds the rows from the first byte to {@code length}; not kept
     * @param room is asked for room for what comes of the body, before it takes it
     * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} for a body that cannot be cut into
     *     rows, or holds too many that do not fit; {@link ErrorCode#LIMIT_EXCEEDED} for too many
     *     rows, or bytes; {@link ErrorCode#OVERLOADED} when there is no room
     */
    DecodedRows decode(RowChange usual, byte[] body, int length, Room room);
  }

  /** Room for what comes of one body. */
  @FunctionalInterface
  interface Room {
    /**
     * Takes room for so many bytes in all, besides those of the body; nothing when it has it.
     *
     * @throws FreshetException {@link ErrorCode#LIMIT_EXCEEDED}, {@link ErrorCode#OVERLOADED}
     */
    void reserve(long bytes);
  }
}
