package dev.freshet.runtime.system;

import dev.freshet.capture.postgres.Inspection;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlInspection;
import dev.freshet.runtime.scaffold.FoundTable;
import dev.freshet.runtime.scaffold.Scaffold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes a project from what a database holds. */
public final class DatabaseScaffold {
  private static final String DRIVERS = "drivers";

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
   * @param url {@code postgres://user:password@host/db}, {@code mariadb://...} or {@code
   *     mysql://...}; the password is used and not written
   */
  public static Written write(Path folder, String url) {
    return write(folder, url, Path.of(DRIVERS));
  }

  /**
   * As above.
   *
   * @param drivers a folder that may have the driver, besides the installation's
   */
  static Written write(Path folder, String url, Path drivers) {
    if (url.startsWith("postgres://") || url.startsWith("postgresql://")) {
      Inspection inspection = Inspection.of(url);
      return write(folder, "postgres", url, inspection.database(), "", tables(inspection));
    }
    if (url.startsWith("mariadb://") || url.startsWith("mysql://")) {
      MySqlInspection inspection = MySqlInspection.of(url, folders(drivers));
      List<FoundTable> tables =
          inspection.tables().stream()
              .map(table -> new FoundTable(table.name(), table.name(), table.schema(), table.key()))
              .toList();
      return write(folder, "mysql", url, inspection.database(), seen(folder, drivers), tables);
    }
    throw new FreshetException(
        ErrorCode.CONFIG_INVALID,
        "Cannot make a project from "
            + withoutPassword(url)
            + ": give an address such as postgres://user@host:5432/database or"
            + " mariadb://user@host:3306/database, a folder with files, http for rows that are"
            + " posted, or generator for made-up ones.");
  }

  private static List<FoundTable> tables(Inspection inspection) {
    List<FoundTable> tables = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Inspection.Table table : inspection.tables()) {
      boolean first = names.add(table.tableName());
      String name = first ? table.tableName() : table.schemaName() + "_" + table.tableName();
      tables.add(
          new FoundTable(
              table.schemaName() + "." + table.tableName(), name, table.schema(), table.key()));
    }
    return tables;
  }

  private static List<Path> folders(Path drivers) {
    List<Path> folders = new ArrayList<>(List.of(drivers.toAbsolutePath().normalize()));
    String home = System.getProperty("freshet.home", "");
    if (!home.isEmpty()) {
      folders.add(Path.of(home).resolve(DRIVERS).toAbsolutePath().normalize());
    }
    return folders.stream().distinct().toList();
  }

  /** The folder of drivers as the project sees it; empty when it has none. */
  private static String seen(Path folder, Path drivers) {
    Path from = folder.toAbsolutePath().normalize();
    Path to = drivers.toAbsolutePath().normalize();
    return Files.isDirectory(to) ? from.relativize(to).toString().replace('\\', '/') : "";
  }

  private static Written write(
      Path folder,
      String kind,
      String url,
      String database,
      String drivers,
      List<FoundTable> tables) {
    String name = database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    String address = withoutPassword(url);
    return new Written(
        Scaffold.fromDatabase(
            folder, new Scaffold.DatabaseSource(kind, name, address, drivers), tables),
        address.equals(url) ? "" : Scaffold.passwordVariable(name));
  }

  static String withoutPassword(String url) {
    return url.replaceFirst("(://[^:/@]*):[^@/]*@", "$1@");
  }
}
