package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.engine.Engine;
import dev.freshet.runtime.model.Model;

/** How a project's tables and models are told to an engine: the same way to each. */
public final class Declarations {
  private Declarations() {}

  public static void table(Engine engine, Contract table) {
    engine.createTable(
        table.table(), "", 0, table.schema(), table.watermark(), table.keep(), table.keyColumns());
  }

  /**
   * @param since the position in the log at which the model begins, if it {@link
   *     Model#dependsOnHistory depends} on that
   */
  public static void model(Engine engine, Model model, long since) {
    engine.createView(
        model.name(),
        since,
        model.reads(),
        model.plan(),
        model.definition().keep(),
        model.keyColumns());
  }

  /** Whether the engine's checkpoint has the state of a model that begins there. */
  public static boolean hasSaved(Engine engine, Model model, long since) {
    return engine.hasSaved(
        model.name(), since, model.plan(), model.definition().keep(), model.keyColumns());
  }
}
