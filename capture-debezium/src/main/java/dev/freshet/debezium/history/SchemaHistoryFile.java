package dev.freshet.debezium.history;

import dev.freshet.core.port.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@code sources/NAME.shapes}: what Debezium must know of tables' shapes at each position. Only
 * ever appended to, and synced before a row that follows is delivered, so that it is never behind
 * the log. A line that a crash tore is dropped: what it told is told again.
 *
 * <pre>
 *   CRC32C of the rest, 8 hex digits | space | JSON | newline
 * </pre>
 *
 * Used by one thread at a time.
 */
public final class SchemaHistoryFile implements SchemaHistories.Store {
  private static final int CHECKSUM_CHARS = 8;

  /** Before a line of ours: the tables that are captured from here on. */
  private static final String TABLES = "#tables ";

  private final @Nullable Storage storage;
  private final String path;
  private final List<String> lines = new ArrayList<>();
  private long end;

  private SchemaHistoryFile(@Nullable Storage storage, String path) {
    this.storage = storage;
    this.path = path;
  }

  /** One that is empty, and cannot be written to. */
  public static SchemaHistoryFile none() {
    return new SchemaHistoryFile(null, "");
  }

  /** The history in a file, which need not be there yet. */
  public static SchemaHistoryFile open(Storage storage, String path) {
    SchemaHistoryFile history = new SchemaHistoryFile(storage, path);
    if (storage.exists(path)) {
      history.read(storage.readAll(path));
    }
    return history;
  }

  private void read(byte[] bytes) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
      if (line.length() <= CHECKSUM_CHARS
          || !line.substring(0, CHECKSUM_CHARS).equals(checksum(line.substring(9)))) {
        return;
      }
      lines.add(line.substring(CHECKSUM_CHARS + 1));
      start = i + 1;
      end = start;
    }
  }

  private Storage storage() {
    return Objects.requireNonNull(storage, "written to");
  }

  /** The tables that were captured so far, by their names at the server. */
  public synchronized Set<String> tables() {
    return lines.reversed().stream()
        .filter(line -> line.startsWith(TABLES))
        .findFirst()
        .map(line -> Set.of(line.substring(TABLES.length()).split(" ")))
        .orElse(Set.of());
  }

  /** Remembers which tables are captured from here on. */
  public synchronized void note(Set<String> captured) {
    if (!captured.equals(tables())) {
      append(TABLES + String.join(" ", new TreeSet<>(captured)));
    }
  }

  /** Forgets all: a snapshot follows, which tells the shapes anew. */
  public synchronized void clear() {
    lines.clear();
    end = 0;
    if (storage().exists(path)) {
      storage().delete(path);
      storage().syncDirectory(Storage.parent(path));
    }
  }

  @Override
  public synchronized void append(String line) {
    byte[] bytes = (checksum(line) + " " + line + "\n").getBytes(StandardCharsets.UTF_8);
    boolean isNew = !storage().exists(path);
    if (isNew) {
      storage().createDirectories(Storage.parent(path));
      storage().syncDirectory("");
    }
    try (Storage.File file = isNew ? storage().create(path) : storage().open(path)) {
      file.truncate(end);
      file.write(end, bytes, 0, bytes.length);
      file.sync();
    }
    if (isNew) {
      storage().syncDirectory(Storage.parent(path));
    }
    lines.add(line);
    end += bytes.length;
  }

  @Override
  public synchronized List<String> lines() {
    return lines.stream().filter(line -> !line.startsWith(TABLES)).toList();
  }

  /** How many lines it has, those of ours too. */
  public synchronized int count() {
    return lines.size();
  }

  private static String checksum(String line) {
    CRC32C crc = new CRC32C();
    crc.update(line.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}
