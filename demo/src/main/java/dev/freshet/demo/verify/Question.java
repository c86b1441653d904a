package dev.freshet.demo.verify;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What both sides are asked.
 *
 * @param name the table's or model's name in Freshet
 * @param sql the query that PostgreSQL answers; its columns have Freshet's names
 * @param file where {@code sql} comes from, for errors
 * @param key the columns that identify a row, for telling which rows differ; empty: all of them
 */
public record Question(Kind kind, String name, String sql, String file, List<String> key) {
  /** What is compared. */
  public enum Kind {
    TABLE,
    MODEL
  }

  public Question {
    key = List.copyOf(key);
  }

  /**
   * A captured table.
   *
   * @param sourceName its name in PostgreSQL, such as {@code public.orders}
   */
  public static Question table(String name, String sourceName, List<String> key) {
    return new Question(Kind.TABLE, name, "SELECT * FROM " + sourceName, sourceName, key);
  }

  /**
   * A model. PostgreSQL is asked with the model's own text, or, where a file of the same name
   * stands in the project's folder {@code verify} instead of {@code models}, with that file's.
   *
   * @param file the model's path from the project's folder, such as {@code models/gold/revenue.sql}
   */
  public static Question model(Path project, String file, List<String> key) {
    String inFolder = file.startsWith("models/") ? file.substring("models/".length()) : file;
    String equivalent = "verify/" + inFolder;
    String asked = Files.exists(project.resolve(equivalent)) ? equivalent : file;
    String base = file.substring(file.lastIndexOf('/') + 1);
    String name = base.endsWith(".sql") ? base.substring(0, base.length() - 4) : base;
    try {
      return new Question(Kind.MODEL, name, Files.readString(project.resolve(asked)), asked, key);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND,
          "Failed to read " + project.resolve(asked) + ": " + e.getMessage(),
          e);
    }
  }
}
