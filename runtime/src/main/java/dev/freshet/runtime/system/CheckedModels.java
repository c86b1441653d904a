package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import java.util.HashSet;
import java.util.List;

/**
 * Models compiled against what the contracts promise, before any source was asked. To compile takes
 * most of a start, so it is not done again for tables that keep their promise.
 *
 * @param tables what the models were compiled over; empty when nothing was
 * @param functions the functions in Java that models call
 */
record CheckedModels(List<Contract> tables, List<Model> models, FunctionLibrary functions) {
  /** Nothing was compiled. */
  static CheckedModels none(FunctionLibrary functions) {
    return new CheckedModels(List.of(), List.of(), functions);
  }

  /** The project's models over these tables. */
  List<Model> over(List<Contract> found, Project project) {
    boolean isSame = found.size() == tables.size() && new HashSet<>(tables).containsAll(found);
    return isSame && models.size() == project.models().size()
        ? models
        : ModelCompiler.compile(found, project.models(), functions);
  }
}
