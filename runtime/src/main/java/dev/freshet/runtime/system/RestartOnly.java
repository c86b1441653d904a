package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Secret;
import dev.freshet.runtime.project.Settings;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Refuses what a folder may not change while its project runs. */
final class RestartOnly {
  private static final String TABLES = "tables";
  private static final String RESTART = " Stop the project and start it again: freshet up";

  private RestartOnly() {}

  /**
   * @param tables that the project captures
   * @param goesOnWithout whether tables may be taken out of a source of this name
   * @return the tables that are taken out
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the file
   */
  static Set<String> require(
      Project running, Project wanted, List<Contract> tables, Predicate<String> goesOnWithout) {
    requireSettings(running.reading().settings(), wanted.reading().settings());
    Set<String> takenOut = requireSources(running.sources(), wanted.sources(), goesOnWithout);
    requireSinks(running.sinks(), wanted.sinks());
    for (Contract table : tables) {
      if (!takenOut.contains(table.table())) {
        requireContract(table, running.contracts(), wanted.contracts());
      }
    }
    return takenOut;
  }

  private static void requireSettings(Settings running, Settings wanted) {
    Map<String, Object> before = restartOnly(running);
    restartOnly(wanted)
        .forEach((name, value) -> {
          if (!value.equals(before.get(name))) {
            throw refused(
                "freshet.yaml: "
                    + name
                    + " was "
                    + before.get(name)
                    + " when the project started, and is "
                    + value
                    + " now.");
          }
        });
  }

  /** All settings but the freshness, by their names in {@code freshet.yaml}. */
  static Map<String, Object> restartOnly(Settings settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", settings.name());
    values.put("state", settings.state());
    values.put("serve.host", settings.serveHost());
    values.put("serve.port", settings.servePort());
    values.put("lake.publish-interval", settings.publishInterval());
    values.put("engine.checkpoint-interval", settings.checkpointInterval());
    values.put("engine.checkpoint-keep", settings.checkpointKeep());
    values.put("engine.memory", settings.engineMemoryBytes());
    values.put("engine.workers", settings.engineWorkers());
    values.put("log.retention", settings.logRetention());
    values.put("log.retention-bytes", settings.logRetentionBytes());
    values.put("log.keep-free", settings.keptFreeBytes());
    values.put("masking.key", settings.maskingKey().map(Secret::toString).orElse("none"));
    return values;
  }

  private static Set<String> requireSources(
      Map<String, SourceSettings> running,
      Map<String, SourceSettings> wanted,
      Predicate<String> goesOnWithout) {
    for (String name : running.keySet()) {
      if (!wanted.containsKey(name)) {
        throw refused("sources/" + name + ".yaml is gone.");
      }
    }
    Set<String> takenOut = new TreeSet<>();
    wanted.forEach((name, source) -> {
      SourceSettings before = running.get(name);
      if (before == null) {
        throw source
            .details()
            .place()
            .invalid("Cannot apply a new source while the project runs." + RESTART);
      }
      if (!before.details().canonical().equals(source.details().canonical())) {
        takenOut.addAll(takenOut(before, source, goesOnWithout.test(name)));
      }
    });
    return takenOut;
  }

  private static Set<String> takenOut(
      SourceSettings before, SourceSettings after, boolean goesOnWithout) {
    boolean isMore =
        !before.details().canonicalBut(TABLES).equals(after.details().canonicalBut(TABLES));
    boolean areNamed =
        before.tables().stream().noneMatch(table -> table.sourceName().contains("*"));
    if (isMore || !goesOnWithout || !areNamed || after.tables().isEmpty()) {
      throw after
          .details()
          .place()
          .invalid(
              "Cannot apply a changed source while the project runs"
                  + (isMore || !areNamed || !goesOnWithout
                      ? "."
                      : ": its last table cannot be taken out.")
                  + RESTART);
    }
    Set<String> takenOut = names(before);
    takenOut.removeAll(names(after));
    requireNoOthers(before, after);
    requireKept(before, after, takenOut);
    return takenOut;
  }

  private static void requireNoOthers(SourceSettings before, SourceSettings after) {
    Set<String> known =
        before.details().require(TABLES).list().stream()
            .map(YamlValue::canonical)
            .collect(Collectors.toSet());
    List<YamlValue> tables = after.details().require(TABLES).list();
    for (int i = 0; i < tables.size(); i++) {
      YamlValue table = tables.get(i);
      String name = after.tables().get(i).table();
      if (!known.contains(table.canonical())) {
        throw table.invalid(
            names(before).contains(name)
                ? "Cannot apply other settings of table "
                    + name
                    + " while the project runs."
                    + RESTART
                : "Cannot add table "
                    + name
                    + " while the project runs: tables are only taken out then."
                    + RESTART
                    + ". It is read beside the others then.");
      }
    }
  }

  /** What keeps no rows cannot be read again, so that nobody could tell whether a row was there. */
  private static void requireKept(
      SourceSettings before, SourceSettings after, Set<String> takenOut) {
    for (TableSelection table : before.tables()) {
      if (table.keep() == Keep.NONE && takenOut.contains(table.table())) {
        throw after
            .details()
            .require(TABLES)
            .invalid(
                "Cannot take out table "
                    + table.table()
                    + " while the project runs: its rows are not kept (keep: none), so that they"
                    + " would count twice if it came back after a crash."
                    + RESTART);
      }
    }
  }

  private static Set<String> names(SourceSettings source) {
    return source.tables().stream()
        .map(TableSelection::table)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void requireSinks(
      Map<String, SinkSettings> running, Map<String, SinkSettings> wanted) {
    for (String name : running.keySet()) {
      if (!wanted.containsKey(name)) {
        throw refused("sinks/" + name + ".yaml is gone.");
      }
    }
    wanted.forEach((name, sink) -> {
      SinkSettings before = running.get(name);
      if (before == null || !before.details().canonical().equals(sink.details().canonical())) {
        throw sink.details()
            .place()
            .invalid(
                "Cannot apply a "
                    + (before == null ? "new" : "changed")
                    + " sink while the project runs."
                    + RESTART);
      }
    });
  }

  private static void requireContract(
      Contract table, Map<String, Contract> running, Map<String, Contract> wanted) {
    Contract before = running.get(table.table());
    Contract after = wanted.get(table.table());
    boolean isSame =
        after == null
            ? before == null
            : after.schema().equals(table.schema())
                && after.key().equals(table.key())
                && after.masking().equals(table.masking());
    if (!isSame) {
      throw refused(
          "contracts/"
              + table.table()
              + ".yaml "
              + (after == null ? "is gone" : "says something else about columns, key or masks")
              + ".");
    }
  }

  /**
   * @param built the models that are new or have changed
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the file
   */
  static void requireModels(List<Model> models, Set<String> built) {
    for (Model model : models) {
      if (built.contains(model.name()) && model.isOfPassing()) {
        throw model
            .definition()
            .place()
            .invalid(
                "Cannot apply a new or changed model that keeps no rows, or reads what keeps none,"
                    + " while the project runs."
                    + RESTART);
      }
    }
  }

  /**
   * The table and the model would both be there in the step that exchanges them.
   *
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the model's file
   */
  static void requireOtherNames(Set<String> takenOut, List<Model> models) {
    for (Model model : models) {
      if (takenOut.contains(model.name())) {
        throw model
            .definition()
            .place()
            .invalid(
                "Cannot apply a model with the name of table "
                    + model.name()
                    + " in one change with taking that out. Give the model another name; or apply"
                    + " the folder without it first, and then with it; or stop the project and"
                    + " start it again: freshet up");
      }
    }
  }

  /** Of a view that was computed when its model still named a table that is taken out. */
  static FreshetException stillRead(FreshetException why) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID,
        why.getMessage()
            + " A model that names a table and computes nothing of it keeps it until it is computed"
            + " anew."
            + RESTART,
        why);
  }

  private static FreshetException refused(String what) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID, "Cannot apply the folder while it runs: " + what + RESTART);
  }
}
