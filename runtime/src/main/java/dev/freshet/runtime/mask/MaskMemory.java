package dev.freshet.runtime.mask;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.contracts.mask.MaskKey;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code sources/masking} in the state folder: under which key its rows were masked, and how the
 * columns of keys were. With another key, or another mask of such a column, a changed row would no
 * longer find the one that it replaces, and both would stay.
 *
 * <pre>
 * key TAB {@link MaskKey#check}
 * table TAB column TAB mask         for each column of each table's key; "none" for one as it is
 * </pre>
 */
public final class MaskMemory {
  private static final String FOLDER = "sources";
  private static final String FILE = FOLDER + "/masking";
  private static final String KEY = "key";
  private static final String NONE = "none";
  private static final char TAB = '\t';

  private final Map<String, String> lines = new TreeMap<>();
  private final boolean isKnown;

  private MaskMemory(boolean isKnown) {
    this.isKnown = isKnown;
  }

  /**
   * Compares the masks with those of the rows that the state folder has, and remembers them.
   *
   * @param tables of the project, those without masks too
   * @param hasRows whether a source has written anything before
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} when key or masks may not change so
   */
  public static void check(
      Storage state, ProjectMasks masks, Collection<Contract> tables, boolean hasRows) {
    MaskMemory memory = read(state);
    Map<String, String> before = new TreeMap<>(memory.lines);
    masks.key().ifPresent(memory::checkKey);
    tables.forEach(table -> memory.checkTable(table, hasRows));
    boolean isUsed =
        masks.key().isPresent() || memory.lines.values().stream().anyMatch(MaskMemory::isMask);
    if (!memory.lines.equals(before) && (isUsed || memory.isKnown)) {
      memory.write(state);
    }
  }

  private static boolean isMask(String text) {
    return !text.equals(NONE);
  }

  private static MaskMemory read(Storage state) {
    if (!state.exists(FILE)) {
      return new MaskMemory(false);
    }
    MaskMemory memory = new MaskMemory(true);
    new String(state.readAll(FILE), StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> {
          int tab = line.lastIndexOf(TAB);
          if (tab > 0) {
            memory.lines.put(line.substring(0, tab), line.substring(tab + 1));
          }
        });
    return memory;
  }

  private void write(Storage state) {
    StringBuilder text = new StringBuilder();
    lines.forEach((name, value) -> text.append(name).append(TAB).append(value).append('\n'));
    state.createDirectories(FOLDER);
    state.syncDirectory("");
    state.writeAtomically(FILE, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void checkKey(MaskKey key) {
    String before = lines.put(KEY, key.check());
    if (before != null && !before.equals(key.check())) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Cannot start: the masking key is another one than that of the rows in the state folder,"
              + " which new rows would then not join. Give the old key, or begin with an empty state"
              + " folder, which captures the tables anew.");
    }
  }

  private void checkTable(Contract table, boolean hasRows) {
    for (String column : table.key()) {
      Mask mask = table.masking().masks().get(column);
      String now = mask == null ? NONE : mask.text();
      String before = lines.put(table.table() + TAB + column, now);
      if (before == null && !isKnown && hasRows) {
        before = NONE;
      }
      if (before != null && !before.equals(now)) {
        throw new FreshetException(
            ErrorCode.CONFIG_INVALID,
            "Cannot start: column "
                + column
                + " of table "
                + table.table()
                + " is of the key, and its mask was "
                + before
                + " when the rows in the state folder were captured, and is "
                + now
                + " now: their changes would not find them. Put the mask back in contracts/"
                + table.table()
                + ".yaml, or begin with an empty state folder, which captures the tables anew.");
      }
    }
  }
}
