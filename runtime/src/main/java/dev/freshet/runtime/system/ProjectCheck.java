package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.contracts.Contract;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import java.util.ArrayList;
import java.util.List;

/** Checks a project and its sources without starting or creating anything. */
public final class ProjectCheck {
  private ProjectCheck() {}

  /**
   * Returns what was found to be well, a line each.
   *
   * @throws dev.freshet.core.error.FreshetException with the first thing that is not
   */
  public static List<String> run(Project project) {
    TableResolver resolver = new TableResolver(project.contracts());
    List<String> lines = new ArrayList<>();
    List<Contract> tables = new ArrayList<>();
    for (SourceSettings source : project.sources().values()) {
      List<Contract> found = resolver.fromSource(Sources.create(source), Resume.FROM_NOTHING);
      tables.addAll(found);
      lines.add(
          "source " + source.name() + ": reachable, " + found.size() + " tables can be captured");
    }
    for (Model model : ModelCompiler.compile(tables, project.models())) {
      lines.add(
          "model "
              + model.name()
              + ": "
              + model.schema().columnCount()
              + " columns, "
              + (model.key().isEmpty() ? "no key" : "key " + model.key()));
    }
    return lines;
  }
}
