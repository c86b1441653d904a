package dev.freshet.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.QueryResult;
import dev.freshet.serve.text.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs what docs/guides/functions.md shows. */
class FunctionsGuideTest {
  private static final Path GUIDE = Path.of("..", "docs", "guides", "functions.md");
  private static final Pattern BLOCK =
      Pattern.compile("```(\\w+)(?: (\\S+))?\\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  private record Block(String language, String file, String text) {}

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(GUIDE));
    while (matcher.find()) {
      String file = matcher.group(2) == null ? "" : matcher.group(2);
      blocks.add(new Block(matcher.group(1), file, matcher.group(3)));
    }
    return blocks;
  }

  private void write(Path project, Block block) throws IOException {
    Path file = project.resolve(block.file());
    Files.createDirectories(file.getParent());
    Files.writeString(file, block.text());
  }

  @Test
  void runsWhatTheGuideShows() throws IOException {
    Path project = directory.resolve("project");
    for (Block block : blocks()) {
      if (!block.file().isEmpty() && !block.file().contains("Broken")) {
        write(project, block);
      }
    }
    FunctionLibrary functions = FunctionFolder.load(project);
    assertThat(functions.functions()).hasSize(4);
    FreshetOptions options = FreshetOptions.DEFAULT.withFunctions(functions);
    List<Block> blocks = blocks();
    int compared = 0;
    try (Freshet db = Freshet.open(directory.resolve("db"), options)) {
      for (int i = 0; i < blocks.size(); i++) {
        if (blocks.get(i).language().equals("sql")) {
          assertThat(answer(db, blocks.get(i).text()))
              .isEqualTo(blocks.get(i + 1).text().stripTrailing());
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(3);
  }

  private static String answer(Freshet db, String script) {
    String answer = "";
    for (String statement : script.split(";")) {
      String sql = statement.strip();
      if (sql.startsWith("SELECT")) {
        answer = table(db.query(sql));
      } else if (!sql.isEmpty()) {
        db.execute(sql);
      }
    }
    return answer;
  }

  private static String table(QueryResult result) {
    TextTable table = new TextTable(result.schema().names().toArray(String[]::new));
    for (Object[] row : result.rows()) {
      table.row(
          Stream.of(row)
              .map(cell -> cell == null ? "NULL" : cell.toString())
              .toArray(String[]::new));
    }
    return String.join("\n", table.lines());
  }

  @Test
  void tellsWhereASourceDoesNotCompile() throws IOException {
    List<Block> blocks = blocks();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).file().contains("Broken")) {
        write(directory, blocks.get(i));
        assertThatThrownBy(() -> FunctionFolder.load(directory))
            .isInstanceOf(FreshetException.class)
            .hasMessage(blocks.get(i + 1).text().stripTrailing());
      }
    }
  }
}
