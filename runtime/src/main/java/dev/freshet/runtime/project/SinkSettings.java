package dev.freshet.runtime.project;

import dev.freshet.runtime.yaml.YamlMap;

/**
 * One file of {@code sinks/}.
 *
 * @param name the file's name without its ending
 * @param kind which connector writes
 * @param relation the model or table whose changes it writes
 * @param outboxBytes of changes that may wait on disk for it; past them it gets the whole content
 * @param details all that the file says, for the connector's own keys
 */
public record SinkSettings(
    String name, String kind, String relation, long outboxBytes, YamlMap details) {
  public static final long OUTBOX_BYTES = 256L << 20;
}
