package dev.freshet.files.format;

import java.util.Locale;
import java.util.Optional;

/** How a file holds rows. */
public enum FileFormat {
  /** Text with delimiters; dialect and header are found out unless they are said. */
  CSV("csv"),
  /** A JSON object a line. */
  JSON_LINES("jsonl"),
  /** A JSON array of objects, one object after the other, or one a line. */
  JSON("json"),
  PARQUET("parquet"),
  /** Avro's object container files. */
  AVRO("avro");

  private final String text;

  FileFormat(String text) {
    this.text = text;
  }

  /** As a project's file writes it. */
  public String text() {
    return text;
  }

  /** By the name that a project's file writes. */
  public static Optional<FileFormat> parse(String text) {
    for (FileFormat format : values()) {
      if (format.text.equals(text)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** By the ending of a file's name, below one of compression. */
  public static Optional<FileFormat> ofName(String name) {
    String bare = Compression.bare(name);
    return switch (bare.substring(bare.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "csv", "tsv", "psv" -> Optional.of(CSV);
      case "jsonl", "ndjson", "jsonlines" -> Optional.of(JSON_LINES);
      case "json" -> Optional.of(JSON);
      case "parquet", "parq", "pq" -> Optional.of(PARQUET);
      case "avro" -> Optional.of(AVRO);
      default -> Optional.empty();
    };
  }

  /** Whether a file of this format may grow by whole lines. */
  public boolean isLines() {
    return this == CSV || this == JSON_LINES;
  }

  /** Whether it is text, which may come compressed as a whole. */
  public boolean isText() {
    return this != PARQUET && this != AVRO;
  }
}
