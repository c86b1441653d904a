package dev.freshet.files;

import dev.freshet.capture.rows.RowSample;
import dev.freshet.capture.rows.RowSample.Sampled;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.files.format.FileFormat;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.format.FileReader;
import dev.freshet.files.format.FileRows;
import dev.freshet.files.format.FormatSettings;
import dev.freshet.files.format.Place;
import dev.freshet.files.format.RowBatch;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the tables that the files of a folder seem to hold: files of one name but for dates and
 * numbers, or of one folder below it, are one table, whose columns are guessed from the first rows.
 */
public final class FolderSample {
  private static final int FILES_MAX = 3;
  private static final int ROWS_MAX = 5_000;

  private FolderSample() {}

  /**
   * A table that was found.
   *
   * @param pattern that its files match
   * @param key the column that may be its key: it was unique, and is called so; or empty
   * @param files how many there are
   * @param problem why its columns could not be guessed; empty when they were
   */
  public record Table(
      String name, String pattern, Schema schema, List<String> key, int files, String problem) {
    public Table {
      key = List.copyOf(key);
    }
  }

  /**
   * Looks at a folder's files.
   *
   * @throws FreshetException SOURCE_UNREACHABLE when the folder cannot be read
   */
  public static List<Table> of(FileStore store) {
    Map<String, List<FoundFile>> groups = new TreeMap<>();
    store.list().files().stream()
        .sorted(Comparator.comparing(FoundFile::path))
        .filter(file ->
            !TablePattern.isTemporary(file.path()) && FileFormat.ofName(file.name()).isPresent())
        .forEach(
            file -> groups.computeIfAbsent(name(file.path()), _ -> new ArrayList<>()).add(file));
    List<Table> tables = new ArrayList<>();
    groups.forEach((name, files) -> tables.add(table(store, FormatSettings.SNIFFED, name, files)));
    return tables;
  }

  /** {@code orders} for orders-2026-11-29.csv.gz, orders_001.csv and orders/2026/11/x.csv. */
  static String name(String path) {
    int slash = path.indexOf('/');
    String first = slash < 0 ? path : path.substring(0, slash);
    String stem =
        slash < 0 && first.indexOf('.') > 0 ? first.substring(0, first.indexOf('.')) : first;
    String bare = stem.replaceFirst("[-_. ]*(part|batch|v)?[-_. ]*[0-9][-_.T:0-9Z]*$", "");
    String name = (bare.isEmpty() ? stem : bare).toLowerCase(Locale.ROOT);
    name = name.replaceAll("[^a-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "table_" + name : name;
  }

  /** What the files of one table hold. */
  static Table table(FileStore store, FormatSettings format, String name, List<FoundFile> files) {
    Map<String, TypeGuess> columns = new LinkedHashMap<>();
    String problem = "";
    for (FoundFile file : files.subList(0, Math.min(FILES_MAX, files.size()))) {
      try {
        look(store, format, file, columns);
      } catch (FileProblem e) {
        problem = file.path() + ": " + e.reason();
      } catch (FreshetException e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    List<Column> found = new ArrayList<>();
    Optional<String> key = key(name, columns);
    columns.forEach((column, guess) ->
        found.add(
            new Column(
                column,
                guess.type(),
                key.filter(column::equals).isPresent()
                    ? Column.Nullability.NOT_NULL
                    : Column.Nullability.NULLABLE)));
    return new Table(
        name,
        files.isEmpty() ? name : pattern(name, files),
        new Schema(found),
        key.stream().toList(),
        files.size(),
        columns.isEmpty() ? problem : "");
  }

  /** The table's name if that matches its files, else what is common to their paths. */
  private static String pattern(String name, List<FoundFile> files) {
    TablePattern usual = new TablePattern(name, name);
    if (files.stream().allMatch(file -> usual.matches(file.path()))) {
      return name;
    }
    String first = files.getFirst().path();
    int slash = first.indexOf('/');
    if (slash >= 0) {
      return first.substring(0, slash) + "/**";
    }
    int common = first.indexOf('.');
    for (FoundFile file : files) {
      while (!file.path().startsWith(first.substring(0, common))) {
        common--;
      }
    }
    return first.substring(0, common) + "*";
  }

  /** The first column, if it is called id or after the table, and no value came twice. */
  private static Optional<String> key(String table, Map<String, TypeGuess> columns) {
    String singular = table.endsWith("s") ? table.substring(0, table.length() - 1) : table;
    return columns.entrySet().stream()
        .limit(1)
        .filter(entry -> entry.getValue().isUnique())
        .map(Map.Entry::getKey)
        .filter(column ->
            List.of("id", table + "_id", singular + "_id", "key", "code")
                .contains(column.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  private static void look(
      FileStore store, FormatSettings format, FoundFile found, Map<String, TypeGuess> columns) {
    FileReader.Request request =
        new FileReader.Request(
            found.name(),
            found.bytes(),
            FileReader.Tail.CLOSED,
            format,
            List.of(),
            Optional.empty(),
            Place.START);
    try (OpenFile file = store.open(found);
        FileRows rows = FileReader.open(file, request)) {
      rows.names().forEach(name -> columns.computeIfAbsent(name, _ -> new TypeGuess()));
      Optional<RowBatch> batch = rows.next();
      if (batch.isPresent()) {
        look(batch.get(), columns);
      }
    }
  }

  private static void look(RowBatch batch, Map<String, TypeGuess> columns) {
    if (batch.dialect().isPresent()) {
      for (RowBatch.Record row : batch.records(ROWS_MAX)) {
        List<String> names = batch.dialect().get().names();
        for (int i = 0; i < row.fields().size(); i++) {
          String name = i < names.size() ? names.get(i) : "column_" + (i + 1);
          columns
              .computeIfAbsent(name, _ -> new TypeGuess())
              .addField(row.fields().get(i), row.isNull(i));
        }
      }
      return;
    }
    for (Map<String, Sampled> row : RowSample.read(batch.format(), batch.text(), ROWS_MAX)) {
      row.forEach((name, value) -> columns.computeIfAbsent(name, _ -> new TypeGuess()).add(value));
    }
  }
}
