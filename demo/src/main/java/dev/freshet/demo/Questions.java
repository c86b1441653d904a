package dev.freshet.demo;

import dev.freshet.demo.verify.Question;
import dev.freshet.runtime.project.ModelDefinition;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.serve.backend.RelationInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a project can be asked that PostgreSQL can be asked too: every captured table, every model.
 */
public final class Questions {
  private Questions() {}

  public static List<Question> of(Project project, List<RelationInfo> relations) {
    Map<String, List<String>> keys = new HashMap<>();
    relations.forEach(relation -> keys.put(relation.name(), relation.key()));
    List<Question> questions = new ArrayList<>();
    for (SourceSettings source : project.sources().values()) {
      for (SourceSettings.TableSelection table : source.tables()) {
        questions.add(
            Question.table(
                table.table(), table.sourceName(), keys.getOrDefault(table.table(), List.of())));
      }
    }
    for (ModelDefinition model : project.models()) {
      questions.add(
          Question.model(
              project.directory(), model.file(), keys.getOrDefault(model.name(), List.of())));
    }
    return questions;
  }
}
