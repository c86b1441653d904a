package dev.freshet.contracts;

import dev.freshet.core.change.Operation;

/**
 * A row that the gate kept out.
 *
 * @param table the table it was for
 * @param logOffset the log record that holds it
 * @param original the row as received, as JSON text
 * @param reason which column broke which rule
 */
public record QuarantinedRow(
    String table, long logOffset, Operation operation, String original, String reason) {}
