package dev.freshet.runtime.sink;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.sink.SinkKind.Keys;
import dev.freshet.runtime.yaml.Place;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of sinks, and what a sink of a project writes. */
public final class SinkKinds {
  private static final List<SinkKind> KINDS = List.of(new PostgresSinkKind(), new HttpSinkKind());

  private SinkKinds() {}

  /**
   * The sink of a file, connected to nothing yet.
   *
   * @throws FreshetException CONFIG_INVALID, or TABLE_WITHOUT_KEY, with the place in the file
   */
  public static Sink create(
      Project project, SinkSettings settings, List<Contract> tables, List<Model> models) {
    return kind(settings).create(settings, input(project, settings, tables, models));
  }

  /**
   * What a sink writes.
   *
   * @throws FreshetException as {@link #create}
   */
  static SinkInput input(
      Project project, SinkSettings settings, List<Contract> tables, List<Model> models) {
    String relation = settings.relation();
    Optional<Contract> table =
        tables.stream().filter(each -> each.table().equals(relation)).findFirst();
    Optional<Model> model =
        models.stream().filter(each -> each.name().equals(relation)).findFirst();
    SinkInput input =
        table
            .map(each -> of(project, settings, each))
            .or(() -> model.map(each -> of(project, settings, each)))
            .orElseThrow(() -> unknown(settings, tables, models));
    Keep keep =
        table.map(Contract::keep).or(() -> model.map(each -> each.definition().keep())).get();
    if (keep == Keep.NONE) {
      throw modelValue(settings)
          .invalid(
              "Cannot write "
                  + relation
                  + " to a sink: it keeps no rows, so a sink that begins, or has fallen behind,"
                  + " could not get its content. Take keep: none away, or write a model over it"
                  + " that keeps its rows.");
    }
    if (!input.hasKey() && kind(settings).keys() == Keys.REQUIRED) {
      throw modelValue(settings)
          .place()
          .error(ErrorCode.TABLE_WITHOUT_KEY, withoutKey(settings, model));
    }
    return input;
  }

  private static SinkInput of(Project project, SinkSettings settings, Contract table) {
    return new SinkInput(
        project.settings().name(),
        settings.name(),
        settings.relation(),
        table.schema(),
        table.keyColumns());
  }

  /** A key that the SQL does not prove might not be unique: rows are then told apart as wholes. */
  private static SinkInput of(Project project, SinkSettings settings, Model model) {
    boolean hasKey = !model.key().isEmpty() && model.keyProof() == Model.KeyProof.PROVEN;
    return new SinkInput(
        project.settings().name(),
        settings.name(),
        settings.relation(),
        model.schema(),
        hasKey ? model.keyColumns() : new int[0]);
  }

  private static String withoutKey(SinkSettings settings, Optional<Model> model) {
    boolean isDeclared = model.filter(each -> !each.key().isEmpty()).isPresent();
    return "Cannot write "
        + settings.relation()
        + " to a sink of kind "
        + settings.kind()
        + ": "
        + (isDeclared
            ? "its key "
                + model.get().key()
                + " does not follow from its SQL, so two rows might share it"
            : "it has no key by which rows are updated and deleted")
        + ". Group the model by its key, or SELECT all of the key of the table that it reads;"
        + " freshet check shows the key of each model.";
  }

  private static FreshetException unknown(
      SinkSettings settings, List<Contract> tables, List<Model> models) {
    List<String> names = new ArrayList<>();
    models.forEach(model -> names.add(model.name()));
    tables.forEach(table -> names.add(table.table()));
    return modelValue(settings)
        .invalid(
            "Cannot find model or table: "
                + settings.relation()
                + "."
                + Suggestion.of(settings.relation(), names)
                + " There are: "
                + String.join(", ", names)
                + ".");
  }

  private static YamlValue modelValue(SinkSettings settings) {
    return settings.details().require("model");
  }

  /** An error at a value that may hold a secret: its line is not shown. */
  static FreshetException withoutLine(YamlValue value, String message) {
    Place place = value.place();
    return new FreshetException(
        ErrorCode.CONFIG_INVALID,
        message + "\n  at " + place.file() + ":" + place.line() + ":" + place.column());
  }

  static Duration timeout(YamlMap map, Duration fallback) {
    Duration timeout = map.find("timeout").map(YamlValue::duration).orElse(fallback);
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0
        || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw map.require("timeout").invalid("Invalid timeout: it is between 1s and 1h.");
    }
    return timeout;
  }

  private static SinkKind kind(SinkSettings settings) {
    return KINDS.stream()
        .filter(kind -> kind.name().equals(settings.kind()))
        .findFirst()
        .orElseThrow(() -> {
          List<String> names = KINDS.stream().map(SinkKind::name).toList();
          return settings
              .details()
              .require("kind")
              .invalid(
                  "Invalid kind of sink: "
                      + settings.kind()
                      + "."
                      + Suggestion.of(settings.kind(), names)
                      + " Kinds are: "
                      + names.stream().collect(Collectors.joining(", "))
                      + ".");
        });
  }
}
