package dev.freshet.runtime.system;

import dev.freshet.capture.postgres.Inspection;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.scaffold.FoundTable;
import dev.freshet.runtime.scaffold.Scaffold;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes a project from what a database holds. */
public final class DatabaseScaffold {
  private DatabaseScaffold() {}

  /**
   * @param files the paths written
   * @param passwordVariable the environment variable that is to hold the password; empty when the
   *     address had none
   */
  public record Written(List<String> files, String passwordVariable) {
    public Written {
      files = List.copyOf(files);
    }
  }

  /**
   * Looks at the database and writes the project's files.
   *
   * @param url {@code postgres://user:password@host/db}; the password is used and not written
   */
  public static Written write(Path folder, String url) {
    if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Cannot make a project from "
              + withoutPassword(url)
              + ": give an address such as postgres://user@host:5432/database, a folder with files,"
              + " http for rows that are posted, or generator for made-up ones.");
    }
    Inspection inspection = Inspection.of(url);
    List<FoundTable> tables = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Inspection.Table table : inspection.tables()) {
      boolean first = names.add(table.tableName());
      String name = first ? table.tableName() : table.schemaName() + "_" + table.tableName();
      tables.add(
          new FoundTable(
              table.schemaName() + "." + table.tableName(), name, table.schema(), table.key()));
    }
    String source = inspection.database().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    String address = withoutPassword(url);
    return new Written(
        Scaffold.fromDatabase(folder, source, address, tables),
        address.equals(url) ? "" : Scaffold.passwordVariable(source));
  }

  static String withoutPassword(String url) {
    return url.replaceFirst("(://[^:/@]*):[^@/]*@", "$1@");
  }
}
