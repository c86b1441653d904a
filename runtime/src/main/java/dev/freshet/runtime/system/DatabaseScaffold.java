package dev.freshet.runtime.system;

import dev.freshet.capture.postgres.Inspection;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.MySqlInspection;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.runtime.scaffold.FoundTable;
import dev.freshet.runtime.scaffold.Scaffold;
import dev.freshet.runtime.source.DriverFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Makes a project from what a database holds. */
public final class DatabaseScaffold {
  private DatabaseScaffold() {}

  /**
   * @param files the paths written
   * @param passwordVariable the environment variable that is to hold the password; empty when the
   *     address had none, or it is set
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
   *     mysql://...}, these with {@code ?tls=required} or not; the password is used and not written
   * @param environment where the password is looked for, under {@link Scaffold#passwordVariable},
   *     when the address has none
   */
  public static Written write(Path folder, String url, Map<String, String> environment) {
    return write(folder, url, environment, Path.of(DriverFolders.NAME));
  }

  /**
   * As above.
   *
   * @param drivers a folder that may have the driver, besides the installation's
   */
  static Written write(Path folder, String url, Map<String, String> environment, Path drivers) {
    String address = withoutPassword(url);
    if (url.startsWith("postgres://") || url.startsWith("postgresql://")) {
      String name = sourceName(Inspection.databaseOf(url));
      String password = password(name, environment);
      Inspection inspection = Inspection.of(url, password);
      Scaffold.DatabaseSource source =
          new Scaffold.DatabaseSource("postgres", name, address, "", "");
      return new Written(
          write(folder, source, candidates(inspection)), missing(name, password, url));
    }
    if (url.startsWith("mariadb://") || url.startsWith("mysql://")) {
      int question = url.indexOf('?');
      String server = question < 0 ? url : url.substring(0, question);
      String tls = question < 0 ? "" : tls(url.substring(question + 1));
      String name = sourceName(MySqlInspection.databaseOf(server));
      String password = password(name, environment);
      MySqlInspection inspection =
          MySqlInspection.of(
              server, password, Tls.parse(tls).orElse(Tls.OFF), DriverFolders.of(drivers));
      Scaffold.DatabaseSource source =
          new Scaffold.DatabaseSource(
              "mysql", name, withoutPassword(server), tls, seen(folder, drivers));
      return new Written(
          write(folder, source, candidates(inspection)), missing(name, password, url));
    }
    throw new FreshetException(
        ErrorCode.CONFIG_INVALID,
        "Cannot make a project from "
            + url.replaceFirst("(?s)://.*", "://...")
            + ": give an address such as postgres://user@host:5432/database or"
            + " mariadb://user@host:3306/database, a folder with files, http for rows that are"
            + " posted, or generator for made-up ones.");
  }

  private static String tls(String query) {
    String value = query.startsWith("tls=") ? query.substring("tls=".length()) : "";
    if (Tls.parse(value).isEmpty()) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Cannot make a project: what stands behind the ? of the address is not known. It may be"
              + " tls=off, tls=required, tls=verify-ca or tls=verify-full.");
    }
    return value;
  }

  private static String password(String source, Map<String, String> environment) {
    return environment.getOrDefault(Scaffold.passwordVariable(source), "");
  }

  /** The variable that is still to be set. */
  private static String missing(String source, String password, String url) {
    boolean isMissing = password.isEmpty() && !withoutPassword(url).equals(url);
    return isMissing ? Scaffold.passwordVariable(source) : "";
  }

  /**
   * A table as it was found.
   *
   * @param qualifier its schema or database; empty when a source need not say it
   */
  private record Candidate(String qualifier, String table, Schema schema, List<String> key) {
    String sourceName() {
      return qualifier.isEmpty() ? table : qualifier + "." + table;
    }

    /**
     * Whether a source means this table by its name: the schema ends at the first dot, a star is
     * all tables, and variables of the environment are put in.
     */
    boolean canBeNamed() {
      return !qualifier.contains(".")
          && !table.equals("*")
          && Stream.concat(Stream.of(sourceName()), key.stream())
              .noneMatch(text -> text.contains("${"));
    }
  }

  private static List<Candidate> candidates(Inspection inspection) {
    return inspection.tables().stream()
        .map(table ->
            new Candidate(table.schemaName(), table.tableName(), table.schema(), table.key()))
        .toList();
  }

  private static List<Candidate> candidates(MySqlInspection inspection) {
    return inspection.tables().stream()
        .map(table ->
            new Candidate(
                table.name().contains(".") ? inspection.database() : "",
                table.name(),
                table.schema(),
                table.key()))
        .toList();
  }

  /** The folder of drivers as the project sees it; empty when it has none. */
  private static String seen(Path folder, Path drivers) {
    Path from = folder.toAbsolutePath().normalize();
    Path to = drivers.toAbsolutePath().normalize();
    return Files.isDirectory(to) ? from.relativize(to).toString().replace('\\', '/') : "";
  }

  private static List<String> write(
      Path folder, Scaffold.DatabaseSource source, List<Candidate> candidates) {
    List<Candidate> nameable = candidates.stream().filter(Candidate::canBeNamed).toList();
    List<String> names =
        TableNames.of(
            nameable.stream()
                .map(table -> new TableNames.Origin(table.qualifier(), table.table()))
                .toList());
    List<FoundTable> tables = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Candidate table = nameable.get(i);
      tables.add(new FoundTable(table.sourceName(), names.get(i), table.schema(), table.key()));
    }
    List<String> unnameable =
        candidates.stream()
            .filter(table -> !table.canBeNamed())
            .map(Candidate::sourceName)
            .toList();
    return Scaffold.fromDatabase(folder, source, tables, unnameable);
  }

  private static String sourceName(String database) {
    return database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }

  static String withoutPassword(String url) {
    return url.replaceFirst("(://[^:?]*):[^?]*@", "$1@")
        .replaceAll("(?<=[?&])(ssl)?password=[^&]*&?", "")
        .replaceFirst("[?&]$", "");
  }
}
