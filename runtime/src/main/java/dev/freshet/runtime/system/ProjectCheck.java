package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.deliver.Sink;
import dev.freshet.runtime.mask.ProjectMasks;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.sink.SinkKinds;
import dev.freshet.runtime.source.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Checks a project and its sources without starting or creating anything. */
public final class ProjectCheck {
  private ProjectCheck() {}

  /**
   * Returns what was found to be well, a line each.
   *
   * @throws dev.freshet.core.error.FreshetException with the first thing that is not
   */
  public static List<String> run(Project project) {
    TableResolver resolver = new TableResolver(project);
    List<String> lines = new ArrayList<>();
    List<Contract> tables = new ArrayList<>();
    CheckedModels checked = resolver.checkModels(project);
    ProjectMasks.of(project);
    for (BoundFunction function : checked.functions().functions()) {
      lines.add("function " + text(function));
    }
    Sources.checkAmong(project.sources().values());
    boolean isRunning = ServerFile.isAnswered(project.settings().state());
    for (SourceSettings settings : project.sources().values()) {
      tables.addAll(addSource(settings, project, resolver, isRunning, lines));
    }
    List<Model> models = checked.over(tables, project);
    for (Model model : models) {
      lines.add(
          "model "
              + model.name()
              + ": "
              + model.schema().columnCount()
              + " columns, "
              + (model.key().isEmpty() ? "no key" : "key " + model.key()));
      model.warnings().forEach(warning -> lines.add("  warning: " + warning));
    }
    for (SinkSettings settings : new TreeMap<>(project.sinks()).values()) {
      try (Sink sink = SinkKinds.create(project, settings, tables, models)) {
        lines.add(
            "sink "
                + settings.name()
                + ": "
                + settings.relation()
                + ", "
                + sink.guarantee().label()
                + ", "
                + checked(settings, sink));
      }
    }
    return lines;
  }

  /**
   * Adds what is well with a source.
   *
   * @return its tables
   */
  static List<Contract> addSource(
      SourceSettings settings,
      Project project,
      TableResolver resolver,
      boolean isRunning,
      List<String> lines) {
    Source source = Sources.create(settings, project, resolver.promised(settings));
    SourceCheck check = passed(source, isRunning);
    List<Contract> found =
        resolver.fromCheck(
            check, source.name(), HeldTables.of(source, settings, project.settings().state()));
    lines.add(
        "source " + source.name() + ": reachable, " + found.size() + " tables can be captured");
    ProjectMasks.lines(found).forEach(line -> lines.add("  masked " + line));
    check.notes().forEach(note -> lines.add("  " + note));
    return found;
  }

  private static String checked(SinkSettings settings, Sink sink) {
    try {
      return sink.check();
    } catch (FreshetException e) {
      throw new FreshetException(
          e.code(),
          e.getMessage()
              + "\n  at "
              + settings.details().place().file()
              + ", sink "
              + settings.name(),
          e);
    }
  }

  private static String text(BoundFunction function) {
    return function.overloads().stream()
        .map(overload -> overload.signature() + ": " + overload.type().sql())
        .collect(Collectors.joining("; "));
  }

  /**
   * While the project runs its own slot is in use, which is as it must be: a model is checked
   * beside the process that runs it.
   */
  private static SourceCheck passed(Source source, boolean isRunning) {
    SourceCheck check = source.check(Resume.FROM_NOTHING);
    boolean isOnlyInUse =
        !check.tables().isEmpty()
            && check.problems().stream()
                .allMatch(problem -> problem.code() == ErrorCode.SOURCE_UNREACHABLE);
    return isRunning && isOnlyInUse ? check : check.orThrow();
  }
}
