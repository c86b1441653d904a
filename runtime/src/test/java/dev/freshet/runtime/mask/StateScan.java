package dev.freshet.runtime.mask;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.inspect.LogDump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks for values in all that a state folder holds: in the bytes of every file, and in what the
 * lake's and the log's readers make of them, since pages of Parquet are compressed.
 */
public final class StateScan {
  private final Map<String, List<byte[]>> forms = new TreeMap<>();

  /**
   * @param values texts, or numbers, which are looked for as text and as 8 bytes
   */
  public StateScan(Object... values) {
    for (Object value : values) {
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      forms.put(
          value.toString(),
          value instanceof Long number
              ? List.of(
                  text, bytes(number, ByteOrder.BIG_ENDIAN), bytes(number, ByteOrder.LITTLE_ENDIAN))
              : List.of(text, Base64.getEncoder().withoutPadding().encode(text)));
    }
  }

  private static byte[] bytes(long number, ByteOrder order) {
    return ByteBuffer.allocate(Long.BYTES).order(order).putLong(number).array();
  }

  /** Each value that was found, and where. */
  public Set<String> found(Path state) throws IOException {
    Set<String> found = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(state)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      look(found, state.relativize(file).toString(), Files.readAllBytes(file));
    }
    LakeReader lake = LakeReader.open(new LocalStorage(state));
    for (String table : lake.tableNames()) {
      lake.read(
          table,
          batch -> {
            for (int row = 0; row < batch.rowCount(); row++) {
              look(found, "lake table " + table, utf8(JsonText.row(batch, row)));
            }
          });
    }
    new LogDump("", "", "", Long.MAX_VALUE, true)
        .run(state, line -> look(found, "row of the log", utf8(line)));
    return found;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void look(Set<String> found, String where, byte[] bytes) {
    forms.forEach((value, all) -> {
      if (all.stream().anyMatch(form -> contains(bytes, form))) {
        found.add(value + " in " + where);
      }
    });
  }

  private static boolean contains(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      int same = 0;
      while (same < wanted.length && bytes[at + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }
}
