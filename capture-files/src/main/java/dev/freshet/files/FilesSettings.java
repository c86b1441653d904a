package dev.freshet.files;

import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.core.error.Check;
import dev.freshet.files.format.FormatSettings;
import java.time.Duration;
import java.util.List;

/**
 * How a source reads files.
 *
 * @param name the source's name in the project
 * @param patterns of its tables; a file belongs to the first that matches
 * @param format what is said of the files
 * @param unknownFields what becomes of rows with other fields than the table's columns
 * @param poll how often the folder is looked at
 * @param settle how long a file must have stayed the same before it is read
 * @param patience how long a file that ends too early may get the rest
 * @param refusedMax rows of one file that may not fit; with more it is quarantined whole
 * @param duplicates what becomes of a file with the content of another one that was read
 */
public record FilesSettings(
    String name,
    List<TablePattern> patterns,
    FormatSettings format,
    UnknownFields unknownFields,
    Duration poll,
    Duration settle,
    Duration patience,
    long refusedMax,
    Duplicates duplicates) {
  /** What becomes of a file with the content of another one that was read. */
  public enum Duplicates {
    /** It came twice: its rows are there already. */
    SKIP,
    /** Its rows come again. */
    READ
  }

  public FilesSettings {
    patterns = List.copyOf(patterns);
    Check.that(poll.isPositive(), "the folder is looked at now and then");
  }

  /** What holds for a source that says nothing of it. */
  public static FilesSettings of(String name, List<TablePattern> patterns) {
    return new FilesSettings(
        name,
        patterns,
        FormatSettings.SNIFFED,
        UnknownFields.REFUSE,
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        1_000,
        Duplicates.SKIP);
  }

  /** The same, of which some times are others. */
  public FilesSettings with(Duration otherPoll, Duration otherSettle, Duration otherPatience) {
    return new FilesSettings(
        name,
        patterns,
        format,
        unknownFields,
        otherPoll,
        otherSettle,
        otherPatience,
        refusedMax,
        duplicates);
  }
}
