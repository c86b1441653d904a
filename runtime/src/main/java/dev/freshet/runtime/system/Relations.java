package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.runtime.model.Model;
import dev.freshet.serve.backend.RelationInfo;
import java.util.ArrayList;
import java.util.List;

/** What the edges are told of tables and models. */
final class Relations {
  private Relations() {}

  /** Tables first. */
  static List<RelationInfo> of(
      List<CapturedTable> tables, List<Model> models, String lakeLocation) {
    List<RelationInfo> relations = new ArrayList<>();
    for (CapturedTable table : tables) {
      Contract contract = table.contract();
      relations.add(
          new RelationInfo(
              contract.table(),
              "bronze",
              description(contract),
              contract.schema(),
              contract.key(),
              List.of(table.source()),
              "",
              lakeLocation + "/bronze/" + contract.table()));
    }
    for (Model model : models) {
      relations.add(
          new RelationInfo(
              model.name(),
              model.definition().layer(),
              model.definition().description(),
              model.schema(),
              model.key(),
              model.reads(),
              model.definition().text(),
              lakeLocation + "/" + model.definition().layer() + "/" + model.name()));
    }
    return List.copyOf(relations);
  }

  private static String description(Contract table) {
    String masked = "masked: " + table.masking().text();
    if (table.masking().isEmpty()) {
      return table.description();
    }
    return table.description().isEmpty() ? masked : table.description() + " (" + masked + ")";
  }
}
