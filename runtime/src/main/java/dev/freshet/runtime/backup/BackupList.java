package dev.freshet.runtime.backup;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a backup holds, as it stands in its file {@code backup.list}, which is written last: a
 * folder without it is no backup.
 *
 * <pre>
 * freshet-backup 1
 * time 2026-11-29T10:15:30Z
 * state /srv/shop/state
 * offset 12345
 * file 1a2b3c4d 4096 log/00000000000000000000.log
 * </pre>
 *
 * @param state the absolute path of the folder that was copied
 * @param offset the log's records below are in the backup
 */
record BackupList(Instant time, Path state, long offset, List<Entry> files) {
  static final String NAME = "backup.list";

  private static final String FORMAT = "freshet-backup 1";

  /**
   * One file.
   *
   * @param crc CRC-32C of its bytes
   * @param path below the state folder, with slashes
   */
  record Entry(int crc, long bytes, String path) {}

  BackupList {
    files = List.copyOf(files);
  }

  long bytes() {
    return files.stream().mapToLong(Entry::bytes).sum();
  }

  String toText() {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    text.append("time ").append(time).append('\n');
    text.append("state ").append(state).append('\n');
    text.append("offset ").append(offset).append('\n');
    for (Entry file : files) {
      text.append("file ")
          .append(HexFormat.of().toHexDigits(file.crc()))
          .append(' ')
          .append(file.bytes())
          .append(' ')
          .append(file.path())
          .append('\n');
    }
    return text.toString();
  }

  /**
   * Reads the list of a backup.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when the folder is no complete backup,
   *     {@link ErrorCode#FORMAT_UNKNOWN}, {@link ErrorCode#STORAGE_DAMAGED}
   */
  static BackupList read(Path backup) {
    Path path = backup.resolve(NAME);
    if (!Files.isRegularFile(path)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find a backup in "
              + backup
              + ": it has no file "
              + NAME
              + ", which is written last. Name the folder that freshet backup made and completed.");
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(path);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to read " + path + ": " + e.getMessage(), e);
    }
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the backup: "
              + path
              + " does not begin with "
              + FORMAT
              + ". Use the Freshet that wrote it, or a newer one.");
    }
    try {
      return parse(lines);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot read the backup: " + path + " is not what was written. Use another backup.",
          e);
    }
  }

  private static BackupList parse(List<String> lines) {
    List<Entry> files = new ArrayList<>();
    for (String line : lines.subList(4, lines.size())) {
      String[] parts = line.split(" ", 4);
      if (!parts[0].equals("file")) {
        throw new IllegalArgumentException(line);
      }
      files.add(new Entry(HexFormat.fromHexDigits(parts[1]), Long.parseLong(parts[2]), parts[3]));
    }
    return new BackupList(
        Instant.parse(value(lines.get(1), "time ")),
        Path.of(value(lines.get(2), "state ")),
        Long.parseLong(value(lines.get(3), "offset ")),
        files);
  }

  private static String value(String line, String name) {
    if (!line.startsWith(name)) {
      throw new IllegalArgumentException(line);
    }
    return line.substring(name.length());
  }
}
