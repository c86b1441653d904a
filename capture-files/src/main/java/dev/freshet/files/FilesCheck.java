package dev.freshet.files;

import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks for what would keep a source of files from its rows. One thread owns it. */
final class FilesCheck {
  private final FilesSettings settings;
  private final FileStore store;
  private final Map<String, Contract> contracts;
  private final Set<String> paused;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Then no tables are named: a check that names them passes while the project runs. */
  private boolean isAway;

  /**
   * @param paused tables whose files may be as they like until they are resumed
   */
  FilesCheck(
      FilesSettings settings,
      FileStore store,
      Map<String, Contract> contracts,
      Set<String> paused) {
    this.settings = settings;
    this.store = store;
    this.contracts = contracts;
    this.paused = paused;
  }

  SourceCheck run() {
    List<SourceTable> tables = new ArrayList<>();
    List<FoundFile> files = files();
    for (TablePattern pattern : settings.patterns()) {
      List<FoundFile> ofTable =
          files.stream()
              .filter(file ->
                  Folder.table(settings.patterns(), file)
                      .filter(pattern.table()::equals)
                      .isPresent())
              .toList();
      look(pattern, ofTable);
      Contract contract = contracts.get(pattern.table());
      if (contract == null) {
        problems.add(withoutContract(pattern, ofTable));
      } else if (!isAway) {
        tables.add(
            new SourceTable(
                pattern.table(),
                store.root() + "/" + pattern.pattern(),
                1,
                contract.schema(),
                contract.keyColumns()));
      }
    }
    return new SourceCheck(tables, problems, notes);
  }

  private List<FoundFile> files() {
    try {
      return store.list().files().stream().sorted(Comparator.comparing(FoundFile::path)).toList();
    } catch (FreshetException e) {
      isAway = store.isAway(e);
      problems.add(
          new Problem(
              isAway ? ErrorCode.SOURCE_UNREACHABLE : ErrorCode.SOURCE_MISCONFIGURED,
              String.valueOf(e.getMessage()),
              store.remedy(e, "sources/" + settings.name() + ".yaml")));
      return List.of();
    }
  }

  private void look(TablePattern pattern, List<FoundFile> files) {
    if (files.isEmpty()) {
      notes.add(
          "table "
              + pattern.table()
              + ": no file matches "
              + pattern.pattern()
              + " yet; it is read when it comes");
      return;
    }
    notes.add(
        "table "
            + pattern.table()
            + ": "
            + files.size()
            + (files.size() == 1 ? " file" : " files")
            + ", such as "
            + files.getFirst().path());
    Optional<FoundFile> unknown =
        files.stream()
            .filter(file -> settings.format().formatOf(file.name()).isEmpty())
            .filter(_ -> !paused.contains(pattern.table()))
            .findFirst();
    unknown.ifPresent(file ->
        problems.add(
            new Problem(
                ErrorCode.SOURCE_MISCONFIGURED,
                "Cannot tell the format of "
                    + file.path()
                    + ": its name ends in none of .csv, .tsv, .json, .jsonl, .parquet, .avro, with"
                    + " .gz or .zst behind it or not.",
                "set format: in sources/"
                    + settings.name()
                    + ".yaml, or match fewer files: {name: \"*.csv\", as: "
                    + pattern.table()
                    + "}")));
  }

  /** With a contract to begin with, by the first rows. */
  private Problem withoutContract(TablePattern pattern, List<FoundFile> files) {
    FolderSample.Table guessed =
        FolderSample.table(store, settings.format(), pattern.table(), files);
    String columns =
        guessed.schema().columns().stream()
            .map(column -> "\"" + column.name() + "\": \"" + column.type().sql() + "\"")
            .collect(Collectors.joining(", "));
    return new Problem(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot read files into table " + pattern.table() + ": nothing tells its columns.",
        "write contracts/"
            + pattern.table()
            + ".yaml, "
            + (columns.isEmpty() ? "such as" : "by the first rows")
            + ": {columns: {"
            + (columns.isEmpty() ? "id: BIGINT, name: VARCHAR" : columns)
            + "}}");
  }
}
