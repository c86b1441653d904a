package dev.freshet.bench.logictest;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.jar.JarFile;

/**
 * The scripts in the jar of SQLite's test corpus, which is on the class path. Safe for all threads.
 */
final class Corpus implements AutoCloseable {
  private static final String FOLDER = "test/";
  private static final String MARK = FOLDER + "select1.test";

  private final JarFile jar;

  private Corpus(JarFile jar) {
    this.jar = jar;
  }

  /**
   * A script and the queries that were left out of it.
   *
   * @param forOthers how many queries are for one other system only
   */
  record Script(String path, List<ScriptRecord> records, int forOthers) {}

  static Corpus open() throws IOException {
    URL mark = Corpus.class.getClassLoader().getResource(MARK);
    if (mark == null || !(mark.openConnection() instanceof JarURLConnection connection)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find the test corpus: no jar with " + MARK + " on the class path.");
    }
    connection.setUseCaches(false);
    return new Corpus(connection.getJarFile());
  }

  /** The paths of all scripts that match, such as {@code index/random/10/slt_good_0.test}. */
  List<String> paths(String glob) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return jar.stream()
        .filter(entry -> entry.getName().endsWith(".test") && entry.getSize() != 0)
        .map(entry -> entry.getName().substring(FOLDER.length()))
        .filter(path -> matcher.matches(Path.of(path)))
        .sorted()
        .toList();
  }

  Script read(String path) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                jar.getInputStream(jar.getEntry(FOLDER + path)), StandardCharsets.UTF_8))) {
      ScriptReader reader = new ScriptReader(path, lines);
      List<ScriptRecord> records = reader.read();
      return new Script(path, records, reader.forOthers());
    }
  }

  @Override
  public void close() throws IOException {
    jar.close();
  }
}
