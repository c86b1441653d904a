package dev.freshet.runtime.project;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Watermark;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.runtime.project.SourceSettings.DeclaredWatermark;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlReader;
import dev.freshet.runtime.yaml.YamlValue;
import dev.freshet.sql.eventtime.Emit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads a project folder. Every error names file, line and column; nothing is started or written.
 */
public final class ProjectReader {
  private static final Duration LOG_RETENTION = Duration.ofDays(7);
  private static final Duration WATERMARK_AHEAD = Duration.ofDays(1);
  private static final long OUTBOX_MIN = 64L << 10;
  private static final long ENGINE_MEMORY_MIN = 16L << 20;
  private static final long LOG_RETENTION_BYTES = 16L << 30;
  private static final long KEPT_FREE_BYTES = 256L << 20;
  private static final String MAIN_FILE = "freshet.yaml";
  private static final List<String> LAYERS = List.of("silver", "gold");

  private final Path directory;
  private final Map<String, String> environment;

  private ProjectReader(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * @param environment the variables that {@code ${NAME}} stands for
   * @param environmentName which of the project's {@code environments} to use; empty for none
   */
  public static Project read(
      Path directory, Map<String, String> environment, String environmentName) {
    return new ProjectReader(directory, environment).read(environmentName);
  }

  private Project read(String environmentName) {
    if (!Files.isRegularFile(directory.resolve(MAIN_FILE))) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND,
          "Cannot find project: there is no "
              + MAIN_FILE
              + " in "
              + directory.toAbsolutePath()
              + ". Go to the project's folder, or make one with: freshet init DIR");
    }
    Settings settings = settings(yaml(MAIN_FILE), environmentName);
    Map<String, SourceSettings> sources = sources();
    Map<String, Contract> contracts = contracts();
    List<ModelDefinition> models = models(settings.freshness());
    refuseDuplicateNames(sources, models);
    return new Project(
        directory,
        settings,
        sources,
        contracts,
        models,
        sinks(),
        new Project.Reading(environment, environmentName, settings));
  }

  private Settings settings(YamlMap root, String environmentName) {
    root.allow(
        "name", "state", "serve", "lake", "engine", "log", "masking", "defaults", "environments");
    YamlMap map = root;
    if (!environmentName.isEmpty()) {
      YamlMap environments =
          root.find("environments")
              .map(YamlValue::map)
              .orElseThrow(() ->
                  root.place()
                      .invalid(
                          "Cannot find environment: "
                              + environmentName
                              + ". There are none here."));
      map = root.overriddenBy(environments.require(environmentName).map());
    }
    YamlMap serve = section(map, "serve").allow("host", "port");
    YamlMap lake = section(map, "lake").allow("publish-interval");
    YamlMap engine =
        section(map, "engine").allow("checkpoint-interval", "checkpoint-keep", "memory", "workers");
    YamlMap log = section(map, "log").allow("retention", "retention-bytes", "keep-free");
    YamlMap masking = section(map, "masking").allow("key");
    YamlMap defaults = section(map, "defaults").allow("freshness");
    return new Settings(
        map.require("name").text(),
        directory.resolve(map.text("state", ".freshet")).toAbsolutePath().normalize(),
        serve.text("host", "127.0.0.1"),
        serve.find("port").map(v -> (int) v.integer(0, 65_535)).orElse(8790),
        duration(defaults, "freshness", Duration.ofSeconds(1)),
        duration(lake, "publish-interval", Duration.ofSeconds(1)),
        duration(engine, "checkpoint-interval", Duration.ofSeconds(10)),
        engine
            .find("checkpoint-keep")
            .map(value -> (int) value.integer(1, CheckpointSettings.KEEP_MAX))
            .orElse(CheckpointSettings.KEEP_DEFAULT),
        engine
            .find("memory")
            .map(ProjectReader::engineMemory)
            .orElseGet(Engine::defaultMemoryBytes),
        engine
            .find("workers")
            .map(value -> WorkerSettings.of((int) value.integer(1, WorkerSettings.COUNT_MAX)))
            .orElseGet(WorkerSettings::ofCores),
        duration(log, "retention", LOG_RETENTION),
        log.find("retention-bytes").map(YamlValue::bytes).orElse(LOG_RETENTION_BYTES),
        log.find("keep-free").map(YamlValue::bytes).orElse(KEPT_FREE_BYTES),
        masking.find("key").map(key -> Secret.of("masking.key", key, environment)));
  }

  private static long engineMemory(YamlValue value) {
    long bytes = value.bytes();
    if (bytes < ENGINE_MEMORY_MIN) {
      throw value
          .place()
          .invalid("Invalid engine.memory: " + value.text() + ". It must be 16MiB or more.");
    }
    return bytes;
  }

  private static YamlMap section(YamlMap map, String key) {
    return map.find(key).map(YamlValue::map).orElseGet(() -> YamlReader.read("", "", Map.of()));
  }

  private static Duration duration(YamlMap map, String key, Duration fallback) {
    return map.find(key).map(YamlValue::duration).orElse(fallback);
  }

  private Map<String, SourceSettings> sources() {
    Map<String, SourceSettings> sources = new TreeMap<>();
    for (String file : files("sources", ".yaml")) {
      YamlMap map = yaml(file);
      String name = baseName(file);
      List<TableSelection> tables = new ArrayList<>();
      for (YamlValue value : map.require("tables").list()) {
        tables.add(selection(value));
      }
      sources.put(name, new SourceSettings(name, map.require("kind").text(), tables, map));
    }
    return sources;
  }

  private Map<String, SinkSettings> sinks() {
    Map<String, SinkSettings> sinks = new TreeMap<>();
    for (String file : files("sinks", ".yaml")) {
      YamlMap map = yaml(file);
      String name = baseName(file);
      SinkSettings before =
          sinks.put(
              name,
              new SinkSettings(
                  name,
                  map.require("kind").text(),
                  map.require("model").text(),
                  map.find("outbox").map(ProjectReader::outbox).orElse(SinkSettings.OUTBOX_BYTES),
                  map));
      if (before != null) {
        throw map.place()
            .invalid(
                "Invalid sink name: "
                    + name
                    + " is taken by "
                    + before.details().place().file()
                    + ". Rename the file.");
      }
    }
    return sinks;
  }

  private static long outbox(YamlValue value) {
    long bytes = value.bytes();
    if (bytes < OUTBOX_MIN) {
      throw value
          .place()
          .invalid("Invalid outbox: " + value.text() + ". It must be 64KiB or more.");
    }
    return bytes;
  }

  private static TableSelection selection(YamlValue value) {
    if (value.isMap()) {
      YamlMap map = value.map().allow("name", "as", "watermark", "keep");
      String sourceName = map.require("name").text();
      return new TableSelection(
          sourceName,
          map.text("as", lastPart(sourceName)),
          map.find("watermark").map(ProjectReader::watermark),
          map.find("keep").map(ProjectReader::keep).orElse(Keep.ALL));
    }
    return new TableSelection(value.text(), lastPart(value.text()), Optional.empty(), Keep.ALL);
  }

  private static Keep keep(YamlValue value) {
    return Keep.parse(value.text())
        .orElseThrow(
            () -> value.place().invalid("Invalid keep: " + value.text() + ". It is all or none."));
  }

  private static DeclaredWatermark watermark(YamlValue value) {
    YamlMap map = value.map().allow("column", "delay", "idle", "max-ahead");
    long delay = duration(map, "delay", Duration.ZERO).toNanos() / 1_000;
    long idle =
        map.find("idle")
            .map(idleAfter -> idleAfter.duration().toNanos() / 1_000)
            .orElse(Watermark.NEVER_IDLE);
    long ahead =
        map.find("max-ahead").map(ProjectReader::ahead).orElse(WATERMARK_AHEAD.toNanos() / 1_000);
    return new DeclaredWatermark(
        new Watermark(map.require("column").text(), delay, idle, ahead), map.place());
  }

  private static long ahead(YamlValue value) {
    return value.text().equals("any") ? Watermark.ANY_AHEAD : value.duration().toNanos() / 1_000;
  }

  private static String lastPart(String sourceName) {
    return sourceName.substring(sourceName.lastIndexOf('.') + 1);
  }

  private Map<String, Contract> contracts() {
    Map<String, Contract> contracts = new HashMap<>();
    for (String file : files("contracts", ".yaml")) {
      Contract contract = ContractReader.read(yaml(file), baseName(file));
      contracts.put(contract.table(), contract);
    }
    return contracts;
  }

  private List<ModelDefinition> models(Duration defaultFreshness) {
    List<ModelDefinition> models = new ArrayList<>();
    for (String file : files("models", ".sql")) {
      String[] parts = file.split("/");
      String layer = parts.length == 3 ? parts[1] : "";
      if (!LAYERS.contains(layer)) {
        throw new FreshetException(
            ErrorCode.CONFIG_INVALID,
            "Invalid place for a model: "
                + file
                + ". Models stand in models/silver/ or models/gold/; the folder is the layer.");
      }
      String text = text(file);
      ModelHead head = ModelHead.of(text);
      YamlMap map =
          YamlReader.read(file, head.yaml(), head.firstLine(), environment)
              .allow("description", "owner", "key", "freshness", "emit", "keep");
      models.add(
          new ModelDefinition(
              baseName(file),
              layer,
              file,
              text,
              map.place(),
              map.text("description", ""),
              map.find("key").map(YamlValue::texts).orElse(List.of()),
              duration(map, "freshness", defaultFreshness),
              map.find("emit").map(ProjectReader::emit).orElse(Emit.CHANGES),
              map.find("keep").map(ProjectReader::keep).orElse(Keep.ALL)));
    }
    return models;
  }

  private static Emit emit(YamlValue emit) {
    return switch (emit.text()) {
      case "changes" -> Emit.CHANGES;
      case "final" -> Emit.FINAL;
      default ->
          throw emit.place().invalid("Invalid emit: " + emit.text() + ". It is changes or final.");
    };
  }

  private static void refuseDuplicateNames(
      Map<String, SourceSettings> sources, List<ModelDefinition> models) {
    Map<String, String> owners = new HashMap<>();
    for (SourceSettings source : sources.values()) {
      for (TableSelection table : source.tables()) {
        String before = owners.put(table.table(), "source " + source.name());
        if (before != null) {
          throw source
              .details()
              .place()
              .invalid(
                  "Invalid table name: "
                      + table.table()
                      + " comes from "
                      + before
                      + " too. Rename one: {name: "
                      + table.sourceName()
                      + ", as: other_name}.");
        }
      }
    }
    for (ModelDefinition model : models) {
      String before = owners.put(model.name(), model.file());
      if (before != null) {
        throw model
            .place()
            .invalid(
                "Invalid model name: "
                    + model.name()
                    + " is taken by "
                    + before
                    + ". Rename the file.");
      }
    }
  }

  private List<String> files(String folder, String ending) {
    Path root = directory.resolve(folder);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(root, 3)) {
      return walk.filter(path -> path.toString().endsWith(ending))
          .map(path -> directory.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to list " + root + ": " + e.getMessage(), e);
    }
  }

  private YamlMap yaml(String file) {
    return YamlReader.read(file, text(file), environment);
  }

  private String text(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED,
          "Failed to read " + directory.resolve(file) + ": " + e.getMessage(),
          e);
    }
  }

  private static String baseName(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return name.substring(0, name.lastIndexOf('.'));
  }
}
