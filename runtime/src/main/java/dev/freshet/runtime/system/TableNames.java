package dev.freshet.runtime.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names in Freshet for the tables of a database: one for each, fit for the name of a file, also
 * where files know no capitals. A table keeps its own where it can.
 */
final class TableNames {
  private static final Pattern FIT = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_$ -]*(?<! )");

  private final Set<String> taken = new HashSet<>();

  private TableNames() {}

  /** A table of the database; the schema may be empty. */
  record Origin(String schema, String table) {}

  /** The names, in the order of the tables. */
  static List<String> of(List<Origin> tables) {
    TableNames names = new TableNames();
    List<String> all = new ArrayList<>(Collections.nCopies(tables.size(), ""));
    for (int i = 0; i < tables.size(); i++) {
      String own = tables.get(i).table();
      if (FIT.matcher(own).matches() && names.take(own)) {
        all.set(i, own);
      }
    }
    for (int i = 0; i < tables.size(); i++) {
      if (all.get(i).isEmpty()) {
        all.set(i, names.free(tables.get(i)));
      }
    }
    return all;
  }

  private String free(Origin origin) {
    String own = fitting(origin.table());
    if (take(own)) {
      return own;
    }
    String whole = origin.schema().isEmpty() ? own : fitting(origin.schema()) + "_" + own;
    String name = whole;
    for (int number = 2; !take(name); number++) {
      name = whole + "_" + number;
    }
    return name;
  }

  private boolean take(String name) {
    return taken.add(name.toLowerCase(Locale.ROOT));
  }

  private static String fitting(String name) {
    if (FIT.matcher(name).matches()) {
      return name;
    }
    String fitting =
        name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "_").replaceAll("^_+|_+$", "");
    return fitting.isEmpty() ? "table" : fitting;
  }
}
