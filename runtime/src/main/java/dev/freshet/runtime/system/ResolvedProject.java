package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.contracts.Contract;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.source.Sources;
import java.util.ArrayList;
import java.util.List;

/**
 * A project's tables and compiled models, for commands that look at its state. A source is asked
 * only for tables without a contract.
 *
 * @param models each behind those that it reads
 */
public record ResolvedProject(List<Contract> tables, List<Model> models) {
  public ResolvedProject {
    tables = List.copyOf(tables);
    models = List.copyOf(models);
  }

  /**
   * @throws dev.freshet.core.error.FreshetException when a file is wrong, or a source cannot be
   *     reached that has to be asked
   */
  public static ResolvedProject of(Project project) {
    TableResolver resolver = new TableResolver(project);
    CheckedModels checked = resolver.checkModels(project);
    List<Contract> tables = new ArrayList<>();
    for (SourceSettings settings : project.sources().values()) {
      tables.addAll(
          resolver.hasAllContracts(settings)
              ? resolver.fromContracts(settings)
              : asked(resolver, settings, project));
    }
    return new ResolvedProject(tables, checked.over(tables, project));
  }

  private static List<Contract> asked(
      TableResolver resolver, SourceSettings settings, Project project) {
    Source source = Sources.create(settings, project, resolver.promised(settings));
    return resolver.fromCheck(
        source.check(Resume.FROM_NOTHING),
        source.name(),
        HeldTables.of(source, settings, project.settings().state()));
  }
}
