package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Does what a guide says, step by step, with the project that it makes, and finds what it shows. A
 * comment before each block says what becomes of it:
 *
 * <pre>
 *   shows FILE   a part of what stands in the project's file
 *   check        the command, and what it prints
 *   up           runs the project
 *   query        the command, and the rows that it prints a moment later
 * </pre>
 *
 * All others are the test's.
 */
final class PrintedGuide implements AutoCloseable {
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) ?(\\S*) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SQL = Pattern.compile("\"(SELECT .*)\"");
  private static final long PATIENCE_SECONDS = 30;

  private final Path project;
  private @Nullable FreshetSystem system;
  private int shown;

  /** Does what the steps say that are not the same in all guides. */
  interface Steps {
    void perform(String step, String argument, String block) throws Exception;
  }

  PrintedGuide(Path project) {
    this.project = project;
  }

  /** Returns how many of its blocks, or commands, show what Freshet answers. */
  int follow(String name, Steps others) throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/" + name)));
    while (step.find()) {
      perform(step.group(1), step.group(2), step.group(3), others);
    }
    return shown;
  }

  private void perform(String step, String argument, String block, Steps others) throws Exception {
    switch (step) {
      case "shows" -> showsPart(Files.readString(project.resolve(argument)), block);
      case "check" -> shows(PrintedCommand.run("check", project.toString()), output(block));
      case "up" -> system = FreshetSystem.start(ProjectReader.read(project, Map.of(), ""));
      case "query" -> query(block);
      default -> others.perform(step, argument, block);
    }
  }

  /** What stands below the command. */
  static String output(String block) {
    return block.substring(block.indexOf('\n') + 1);
  }

  /** The guide shows what is printed. */
  void shows(String printed, String expected) {
    assertThat(printed).isEqualTo(expected);
    shown++;
  }

  /** The guide shows a part of what is printed. */
  void showsPart(String printed, String part) {
    assertThat(printed).contains(part);
    shown++;
  }

  FreshetSystem system() {
    return Objects.requireNonNull(system, "the guide says up first");
  }

  private void query(String block) {
    Matcher sql = SQL.matcher(block.lines().findFirst().orElseThrow());
    assertThat(sql.find()).isTrue();
    String expected = rows(output(block));
    String printed = answer(sql.group(1));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!printed.equals(expected) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(20_000_000);
      printed = answer(sql.group(1));
    }
    shows(printed, expected);
  }

  private String answer(String sql) {
    return rows(PrintedCommand.run("query", "--project", project.toString(), sql));
  }

  /** Without the last line, which tells step and time. */
  private static String rows(String output) {
    return output.substring(0, output.lastIndexOf("\n("));
  }

  @Override
  public void close() {
    if (system != null) {
      system.close();
    }
  }
}
