package dev.freshet.core.change;

/**
 * A change that could not be turned into a typed row. Goes to quarantine.
 *
 * @param original the row as received, as JSON text of column names to the source's text form; or
 *     {@link #NOT_KEPT} or {@link #LEFT_OUT}
 * @param reason what was wrong, with column and rule; where the original is not kept it quotes
 *     nothing of it
 */
public record RejectedRow(Operation operation, String original, String reason) {
  /** In place of a row of a table with masks, of which nothing may be written. */
  public static final String NOT_KEPT = "{\"masked\":true}";

  /** In place of a row for which there is no room. */
  public static final String LEFT_OUT = "{\"left_out\":true}";

  private static final String SOME_REASON =
      "the row does not fit; what does not is not kept, since the table has masks";

  /** A row of which neither the original nor anything that quotes it is kept. */
  public static RejectedRow withoutValues(Operation operation, String reason) {
    return new RejectedRow(operation, NOT_KEPT, reason);
  }

  /** The same without anything that may be a value, if it is not without already. */
  public RejectedRow masked() {
    return original.equals(NOT_KEPT) ? this : withoutValues(operation, SOME_REASON);
  }
}
