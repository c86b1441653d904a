package dev.freshet.deliver;

/**
 * What a sink has taken: all changes up to a step.
 *
 * @param generation names the content that the row of steps began with: steps of another one do not
 *     go on from here
 * @param step the last step taken
 */
public record SinkPosition(String generation, long step) {}
