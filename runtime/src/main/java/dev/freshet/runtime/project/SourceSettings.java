package dev.freshet.runtime.project;

import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Watermark;
import dev.freshet.runtime.yaml.Place;
import dev.freshet.runtime.yaml.YamlMap;
import java.util.List;
import java.util.Optional;

/**
 * One file of {@code sources/}.
 *
 * @param name the file's name without its ending
 * @param kind which connector reads it
 * @param tables the tables to take, as the source names them
 * @param details all that the file says, for the connector's own keys
 */
public record SourceSettings(
    String name, String kind, List<TableSelection> tables, YamlMap details) {
  public SourceSettings {
    tables = List.copyOf(tables);
  }

  /**
   * A table to take.
   *
   * @param sourceName as the source names it, such as {@code public.orders}
   * @param table its name in Freshet
   * @param watermark how late its rows may be, if that is declared
   * @param keep which of its rows are kept
   */
  public record TableSelection(
      String sourceName, String table, Optional<DeclaredWatermark> watermark, Keep keep) {}

  /** A watermark and where it is declared. */
  public record DeclaredWatermark(Watermark watermark, Place place) {}
}
