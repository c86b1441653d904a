package dev.freshet.database.definition;

/**
 * A view as CREATE VIEW made it.
 *
 * @param statement the whole statement, compiled again at each opening
 */
public record ViewDefinition(String name, String statement) {}
