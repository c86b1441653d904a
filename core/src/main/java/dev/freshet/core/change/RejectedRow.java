package dev.freshet.core.change;

/**
 * A change that could not be turned into a typed row. Goes to quarantine.
 *
 * @param original the row as received, as JSON text of column names to the source's text form
 * @param reason what was wrong, with column and rule
 */
public record RejectedRow(Operation operation, String original, String reason) {}
