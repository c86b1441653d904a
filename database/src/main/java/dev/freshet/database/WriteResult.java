package dev.freshet.database;

/**
 * What a statement or transaction did.
 *
 * @param step the step from which on readers see it; when nothing changed, the step that is visible
 * @param rows how many rows it inserted, changed or deleted; 0 for CREATE and DROP
 */
public record WriteResult(long step, long rows) {}
