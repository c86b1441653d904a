package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Secret;
import dev.freshet.runtime.project.Settings;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.project.SourceSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refuses what a folder may not change while its project runs. */
final class RestartOnly {
  private static final String RESTART = " Stop the project and start it again: freshet up";

  private RestartOnly() {}

  /**
   * @param tables that the project captures
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the file
   */
  static void require(Project running, Project wanted, List<Contract> tables) {
    requireSettings(running.reading().settings(), wanted.reading().settings());
    requireSources(running.sources(), wanted.sources());
    requireSinks(running.sinks(), wanted.sinks());
    for (Contract table : tables) {
      requireContract(table, running.contracts(), wanted.contracts());
    }
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

  private static void requireSources(
      Map<String, SourceSettings> running, Map<String, SourceSettings> wanted) {
    for (String name : running.keySet()) {
      if (!wanted.containsKey(name)) {
        throw refused("sources/" + name + ".yaml is gone.");
      }
    }
    wanted.forEach((name, source) -> {
      SourceSettings before = running.get(name);
      if (before == null || !before.details().canonical().equals(source.details().canonical())) {
        throw source
            .details()
            .place()
            .invalid(
                "Cannot apply a "
                    + (before == null ? "new" : "changed")
                    + " source while the project runs."
                    + RESTART);
      }
    });
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

  private static FreshetException refused(String what) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID, "Cannot apply the folder while it runs: " + what + RESTART);
  }
}
