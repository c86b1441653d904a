package dev.freshet.runtime.project;

import dev.freshet.core.type.Keep;
import dev.freshet.runtime.yaml.Place;
import dev.freshet.sql.eventtime.Emit;
import java.time.Duration;
import java.util.List;

/**
 * One file of {@code models/}.
 *
 * @param name the file's name without its ending: the model's table name
 * @param layer the folder: silver or gold
 * @param file the path from the project's folder
 * @param text the whole file
 * @param place the head's first line, for errors about settings
 * @param key the columns that identify a row; empty when the SQL tells it or there is none
 * @param freshness how stale the model may be
 * @param emit when its rows come out
 * @param keep which of its rows are kept
 */
public record ModelDefinition(
    String name,
    String layer,
    String file,
    String text,
    Place place,
    String description,
    List<String> key,
    Duration freshness,
    Emit emit,
    Keep keep) {
  public ModelDefinition {
    key = List.copyOf(key);
  }
}
