package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.files.FilesSettings;
import dev.freshet.files.FilesSettings.Duplicates;
import dev.freshet.files.FilesSource;
import dev.freshet.files.TablePattern;
import dev.freshet.files.format.CsvStyle.Header;
import dev.freshet.files.format.FileFormat;
import dev.freshet.files.format.FormatSettings;
import dev.freshet.files.s3.S3Files;
import dev.freshet.files.s3.S3Settings;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** {@code kind: files}: files that come into a folder, or below a prefix of an object store. */
final class FilesKind implements SourceKind {
  private static final long REFUSED_ROWS_MAX = 1_000_000;

  private static final List<String> KEYS =
      List.of(
          "kind",
          "path",
          "tables",
          "format",
          "csv",
          UnknownFieldsKey.NAME,
          "poll-interval",
          "max-refused-rows",
          "duplicates");

  /** Of files that may be half-written. */
  private static final List<String> FOLDER_KEYS = List.of("settle", "wait-for-rest");

  @Override
  public String name() {
    return "files";
  }

  @Override
  public Keys keys() {
    return Keys.OPTIONAL;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map = settings.details();
    String path = map.require("path").text();
    boolean isInStore = path.startsWith(S3Settings.SCHEME);
    map.allow(
        Stream.of(KEYS, isInStore ? ObjectStoreKeys.NAMES : FOLDER_KEYS)
            .flatMap(List::stream)
            .toArray(String[]::new));
    FilesSettings files = filesSettings(settings, map);
    return new FilesSource(
            isInStore ? ofObjects(files, map) : files,
            isInStore
                ? inStore(ObjectStoreKeys.read(map))
                : () -> new LocalFiles(surroundings.project().resolve(path)),
            surroundings.contracts(),
            () -> new LocalStorage(surroundings.state()))
        .pausing(surroundings.paused(settings.name()));
  }

  private static Supplier<FileStore> inStore(S3Settings settings) {
    return () -> new S3Files(settings);
  }

  /** Objects are whole when they are listed; a listing is paid for. */
  private static FilesSettings ofObjects(FilesSettings files, YamlMap map) {
    Duration poll = map.find("poll-interval").map(YamlValue::duration).orElse(S3Settings.POLL);
    return files.with(poll, Duration.ZERO, Duration.ZERO);
  }

  private static FilesSettings filesSettings(SourceSettings settings, YamlMap map) {
    FilesSettings usual = FilesSettings.of(settings.name(), patterns(settings, map));
    return new FilesSettings(
        usual.name(),
        usual.patterns(),
        format(map),
        UnknownFieldsKey.read(map, usual.unknownFields()),
        map.find("poll-interval").map(YamlValue::duration).orElse(usual.poll()),
        map.find("settle").map(YamlValue::duration).orElse(usual.settle()),
        map.find("wait-for-rest").map(YamlValue::duration).orElse(usual.patience()),
        map.find("max-refused-rows")
            .map(value -> value.integer(0, REFUSED_ROWS_MAX))
            .orElse(usual.refusedMax()),
        map.find("duplicates").map(FilesKind::duplicates).orElse(usual.duplicates()));
  }

  private static List<TablePattern> patterns(SourceSettings settings, YamlMap map) {
    List<TablePattern> patterns = new ArrayList<>();
    for (TableSelection table : settings.tables()) {
      String pattern = table.sourceName();
      String usual = pattern.substring(pattern.lastIndexOf('.') + 1);
      if (!TablePattern.isName(pattern) && table.table().equals(usual)) {
        throw map.require("tables")
            .invalid(
                "Invalid table: "
                    + pattern
                    + ". Files that are named by a pattern need a table: {name: \""
                    + pattern
                    + "\", as: orders}.");
      }
      try {
        patterns.add(new TablePattern(table.table(), pattern));
      } catch (PatternSyntaxException e) {
        throw map.require("tables")
            .invalid("Invalid pattern of files: " + pattern + ": " + e.getDescription() + ".");
      }
    }
    return patterns;
  }

  private static FormatSettings format(YamlMap map) {
    FormatSettings said =
        map.find("csv").map(YamlValue::map).map(FilesKind::csv).orElse(FormatSettings.SNIFFED);
    return new FormatSettings(
        map.find("format").map(FilesKind::format), said.delimiter(), said.quote(), said.header());
  }

  private static FormatSettings csv(YamlMap csv) {
    csv.allow("delimiter", "quote", "header");
    return new FormatSettings(
        Optional.empty(),
        csv.find("delimiter").map(FilesKind::character),
        csv.find("quote").map(FilesKind::character),
        csv.find("header").map(value -> value.flag() ? Header.NAMES : Header.ROW));
  }

  private static FileFormat format(YamlValue value) {
    return FileFormat.parse(value.text())
        .orElseThrow(() ->
            value.invalid(
                "Invalid format: "
                    + value.text()
                    + ". It is csv, jsonl, json, parquet or avro; without it each file's name tells"
                    + " it."));
  }

  private static Byte character(YamlValue value) {
    String text = value.text().equals("tab") ? "\t" : value.text();
    boolean isOne = text.length() == 1 && text.charAt(0) < 128;
    if (!isOne || text.charAt(0) == '\n' || text.charAt(0) == '\r' || text.charAt(0) == 0) {
      throw value.invalid(
          "Invalid character: " + value.text() + ". It is one character of ASCII, or tab.");
    }
    return (byte) text.charAt(0);
  }

  private static Duplicates duplicates(YamlValue value) {
    return switch (value.text()) {
      case "skip" -> Duplicates.SKIP;
      case "read" -> Duplicates.READ;
      default ->
          throw value.invalid("Invalid duplicates: " + value.text() + ". It is skip or read.");
    };
  }
}
