package dev.freshet.database.definition;

/**
 * A view as CREATE VIEW made it.
 *
 * @param statement the whole statement, compiled again at each opening
 * @param fromOffset the first log record that came when the view was there
 */
public record ViewDefinition(String name, String statement, long fromOffset) {}
