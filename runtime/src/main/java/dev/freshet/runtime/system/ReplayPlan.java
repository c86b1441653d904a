package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Reads;
import dev.freshet.runtime.history.HistoryScope;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.sql.eventtime.Emit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the replay of a model will do.
 *
 * @param built the model, then those that read it, and so on
 * @param from the offset from which on the model's history counts, if its rows depend on that
 * @param scope what is read from the log; empty when the content of what the models read is enough
 * @param lines for people: what is done, and what readers see of it
 */
record ReplayPlan(
    Model model,
    List<Model> built,
    OptionalLong from,
    Optional<HistoryScope> scope,
    List<String> lines) {
  ReplayPlan {
    built = List.copyOf(built);
    lines = List.copyOf(lines);
  }

  /**
   * @param name of the model
   * @param from an offset, a time with its zone, or empty
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#REQUEST_INVALID} when it
   *     cannot be done, with the reason
   */
  static ReplayPlan of(Parts parts, Serving.Models models, String name, String from) {
    parts.serving().requireBuilt(models, name);
    Model model = find(models, name);
    List<Model> built = built(models.models(), model);
    LogPlace place = LogPlace.of(parts.log(), from);
    if (built.stream().noneMatch(Model::dependsOnHistory)) {
      return new ReplayPlan(
          model,
          built,
          OptionalLong.empty(),
          Optional.empty(),
          ReplayText.ofContents(model, built, parts.engine().snapshot()));
    }
    Map<String, Long> since = new HashMap<>(parts.lakeFeed().tables().since());
    OptionalLong begins = OptionalLong.empty();
    if (model.dependsOnHistory()) {
      begins = begins(model, place, since);
      since.put(name, begins.getAsLong());
    }
    Set<String> wanted = new HashSet<>();
    built.forEach(each -> wanted.add(each.name()));
    HistoryScope scope = HistoryScope.of(models.contracts(), models.models(), wanted, since);
    scope.requireReadable(parts.log().startOffset());
    return new ReplayPlan(
        model,
        built,
        begins,
        Optional.of(scope),
        ReplayText.ofHistory(model, built, begins, parts.log(), parts.engine().snapshot()));
  }

  private static OptionalLong begins(Model model, LogPlace place, Map<String, Long> since) {
    Long before = since.get(model.name());
    if (place.offset().isEmpty() && before == null) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot replay "
              + model.name()
              + ": where in the log it began is not known, since it is older than this Freshet. Say"
              + " from where on: --from 2026-01-31T12:00:00Z, or an offset.");
    }
    return place.offset().isPresent() || before == null ? place.offset() : OptionalLong.of(before);
  }

  private static Model find(Serving.Models models, String name) {
    List<String> names = models.models().stream().map(Model::name).toList();
    Model model =
        models.models().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.NOT_FOUND,
                    "Cannot replay "
                        + name
                        + ": there is no such model."
                        + Suggestion.of(name, names)
                        + " There are: "
                        + String.join(", ", names)
                        + "."));
    requireKept(model, "its rows have gone to those who read them");
    return model;
  }

  private static void requireKept(Model model, String why) {
    if (model.definition().keep() == Keep.NONE) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot replay "
              + model.name()
              + ": it keeps no rows (keep: none), and "
              + why
              + ", who would get them again.");
    }
  }

  /** The model and all that are computed from it. */
  private static List<Model> built(List<Model> models, Model first) {
    List<Model> built = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Model model : models) {
      boolean isFinal = model.definition().emit() == Emit.FINAL;
      Set<String> reads = new HashSet<>(Reads.of(model.plan()));
      if (!isFinal) {
        reads.addAll(model.reads()); // a final one is computed from the tables, whatever it names
      }
      if (model.equals(first) || reads.stream().anyMatch(names::contains)) {
        requireKept(model, "what it reads would come again");
        names.add(model.name());
        built.add(model);
      }
    }
    return built;
  }

  /** What changes in the project: nothing but the state of these. */
  ModelDiff diff(int all) {
    List<String> names = built.stream().map(Model::name).toList();
    return new ModelDiff(
        List.of(),
        names.subList(0, 1),
        names.subList(1, names.size()),
        List.of(),
        all - names.size());
  }

  String summary() {
    return "replayed "
        + model.name()
        + (from.isPresent() ? String.format(Locale.ROOT, " from offset %d", from.getAsLong()) : "");
  }
}
