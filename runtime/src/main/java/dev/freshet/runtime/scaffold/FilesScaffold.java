package dev.freshet.runtime.scaffold;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a new project for the tables that the files of a folder hold. */
public final class FilesScaffold {
  private FilesScaffold() {}

  /**
   * Writes the project.
   *
   * @param path of the folder with the files, as the project is to name it
   * @param tables with the pattern of their files as source name; a key is a guess
   * @return the paths written
   */
  public static List<String> write(Path folder, String path, List<FoundTable> tables) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("freshet.yaml", Scaffold.mainFile(Scaffold.projectName(folder)));
    files.put("sources/files.yaml", sourceFile(path, tables));
    for (FoundTable table : tables) {
      files.put("contracts/" + table.name() + ".yaml", contractFile(table));
    }
    Scaffold.starterModels(files, tables);
    FolderWriter.write(folder, files);
    return List.copyOf(files.keySet());
  }

  private static String sourceFile(String path, List<FoundTable> tables) {
    StringBuilder out = new StringBuilder();
    out.append("kind: files\n");
    out.append("# From the project's folder.\n");
    out.append("path: ").append(YamlText.of(path)).append('\n');
    out.append("tables:\n");
    for (FoundTable table : tables) {
      out.append("  - ")
          .append(
              table.sourceName().equals(table.name())
                  ? table.name()
                  : "{name: "
                      + YamlText.doubleQuoted(table.sourceName())
                      + ", as: "
                      + table.name()
                      + "}")
          .append('\n');
    }
    return out.toString();
  }

  private static String contractFile(FoundTable table) {
    String guessed =
        table.key().isEmpty()
            ? "# Without a key, rows are only added. With key: [COLUMN] a row takes the place of the"
                + " one with its key.\n"
            : "# The key is a guess: no value came twice. Without a key, rows are only added.\n";
    return guessed + Scaffold.contractFile(table);
  }
}
