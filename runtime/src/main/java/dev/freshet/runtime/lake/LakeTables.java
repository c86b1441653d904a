package dev.freshet.runtime.lake;

import dev.freshet.contracts.Contract;
import dev.freshet.core.type.Keep;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeTable;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lake's tables of a project. At the start a model's table that was written by another
 * definition of the model is taken out and built anew from the model's content; while the project
 * runs, a changed model's table takes the difference if it has the same columns and key.
 *
 * @param histories by captured table
 * @param models by model
 * @param unwritten the models whose table is new and wants their whole content
 * @param markers tells with every publish which definition wrote each model's table
 * @param definitions the models by name
 * @param since the position in the input from which on each model is there whose rows depend on
 *     that, as far as it is known
 */
public record LakeTables(
    Map<String, LakeTable> histories,
    Map<String, LakeTable> models,
    Set<String> unwritten,
    Map<String, String> markers,
    Map<String, Model> definitions,
    Map<String, Long> since) {
  private static final String DEFINITIONS = "definitions";
  private static final String SINCE = "since";

  /**
   * Stands for the fingerprint of a model whose table does not follow it: it went while the project
   * ran, or is still to be computed. The next start that has the model writes its table anew.
   */
  private static final String GONE = "gone";

  public LakeTables {
    histories = Map.copyOf(histories);
    models = Map.copyOf(models);
    unwritten = Set.copyOf(unwritten);
    markers = Map.copyOf(markers);
    definitions = Map.copyOf(definitions);
    since = Map.copyOf(since);
  }

  /** As {@link #open(Lake, List, List, List, Map)}, of models that are all there from the start. */
  public static LakeTables open(Lake lake, List<Contract> tables, List<Model> models) {
    return open(lake, tables, models, List.of(), Map.of());
  }

  /**
   * @param later models that are still to be computed: what the lake shows of them stays
   * @param since the position from which on each model is there whose rows depend on that
   */
  public static LakeTables open(
      Lake lake,
      List<Contract> tables,
      List<Model> models,
      List<Model> later,
      Map<String, Long> since) {
    Map<String, LakeTable> histories = new HashMap<>();
    for (Contract table : tables) {
      histories.put(table.table(), lake.history("bronze." + table.table(), table.schema()));
    }
    Map<String, String> written = parse(lake.markers().getOrDefault(DEFINITIONS, ""));
    Map<String, String> begun = parse(lake.markers().getOrDefault(SINCE, ""));
    Map<String, String> definitions = definitions(models);
    Map<String, LakeTable> opened = new HashMap<>();
    Set<String> unwritten = new HashSet<>();
    for (Model model : models) {
      String name = lakeName(model);
      boolean isSame = Objects.equals(definitions.get(name), written.get(name));
      if (!isSame || !beganThere(model, begun.get(name), since.get(model.name()))) {
        lake.drop(name);
        if (model.definition().keep() == Keep.ALL) {
          unwritten.add(model.name()); // else its table begins with the next step's rows
        }
      }
      opened.put(
          model.name(),
          isKeyed(model)
              ? lake.keyed(name, model.schema(), model.keyColumns())
              : lake.bag(name, model.schema()));
    }
    for (String name : written.keySet()) {
      if (!definitions.containsKey(name)
          && later.stream().noneMatch(model -> lakeName(model).equals(name))) {
        lake.drop(name);
      }
    }
    for (Model model : later) {
      if (written.containsKey(lakeName(model))) {
        definitions.put(lakeName(model), GONE); // its table misses what changes until it is there
      }
    }
    return new LakeTables(
        histories, opened, unwritten, markers(definitions, models, since), byName(models), since);
  }

  /** The only copy of rows that are not kept is not given up. */
  private static boolean beganThere(Model model, @Nullable String written, @Nullable Long since) {
    return model.definition().keep() == Keep.NONE
        || written == null
        || (since != null && written.equals(since.toString()));
  }

  /**
   * The tables when the models are these. A table that is new, or has other columns or another key
   * than before, is not in the lake yet: {@link Lake#replace} puts it there. The table of a model
   * that is gone stays as it is until the next start.
   *
   * @param built the models that come now
   * @param beginnings the positions in the input from which on those are there
   * @param anew those of them whose table is replaced, whatever it is like
   */
  public LakeTables next(
      Lake lake,
      List<Model> newModels,
      Set<String> built,
      Map<String, Long> beginnings,
      Set<String> anew) {
    Map<String, LakeTable> tables = new HashMap<>();
    Set<String> fresh = new HashSet<>();
    for (Model model : newModels) {
      LakeTable present = models.get(model.name());
      if (present != null && isKept(model) && !anew.contains(model.name())) {
        tables.put(model.name(), present);
      } else {
        fresh.add(model.name());
        tables.put(
            model.name(),
            isKeyed(model)
                ? lake.newKeyed(lakeName(model), model.schema(), model.keyColumns())
                : lake.newBag(lakeName(model), model.schema()));
      }
    }
    Map<String, Long> positions = new HashMap<>();
    for (Model model : newModels) {
      Long before =
          built.contains(model.name()) ? beginnings.get(model.name()) : since.get(model.name());
      if (model.dependsOnHistory() && before != null) {
        positions.put(model.name(), before);
      }
    }
    Map<String, String> written = definitions(newModels);
    parse(markers.getOrDefault(DEFINITIONS, ""))
        .keySet()
        .forEach(name -> written.putIfAbsent(name, GONE));
    return new LakeTables(
        histories,
        tables,
        fresh,
        markers(written, newModels, positions),
        byName(newModels),
        positions);
  }

  /**
   * The same without the histories of tables that are captured no more: what the lake has stays.
   */
  public LakeTables without(Set<String> tables) {
    Map<String, LakeTable> left = new HashMap<>(histories);
    left.keySet().removeAll(tables);
    return new LakeTables(left, models, unwritten, markers, definitions, since);
  }

  private boolean isKept(Model model) {
    Model before = definitions.get(model.name());
    return before != null
        && lakeName(before).equals(lakeName(model))
        && before.schema().equals(model.schema())
        && isKeyed(before) == isKeyed(model)
        && (!isKeyed(model) || Arrays.equals(before.keyColumns(), model.keyColumns()));
  }

  /**
   * From which position on each model is there whose rows depend on that, and whose table the lake
   * shows.
   *
   * @param markers of the lake's last publish
   */
  public static Map<String, Long> since(Map<String, String> markers, List<Model> models) {
    Map<String, String> since = parse(markers.getOrDefault(SINCE, ""));
    Map<String, Long> positions = new HashMap<>();
    for (Model model : written(markers, models)) {
      String position = since.get(lakeName(model));
      if (position != null) {
        positions.put(model.name(), Long.parseLong(position));
      }
    }
    return positions;
  }

  /** Those of the models whose table was written by the definition that they have now. */
  public static List<Model> written(Map<String, String> markers, List<Model> models) {
    Map<String, String> written = parse(markers.getOrDefault(DEFINITIONS, ""));
    Map<String, String> definitions = definitions(models);
    return models.stream()
        .filter(
            model -> Objects.equals(definitions.get(lakeName(model)), written.get(lakeName(model))))
        .toList();
  }

  private static String lakeName(Model model) {
    return model.definition().layer() + "." + model.name();
  }

  /** A key that the SQL does not prove might not be unique: such a model is stored as a bag. */
  private static boolean isKeyed(Model model) {
    return !model.key().isEmpty() && model.keyProof() != Model.KeyProof.DECLARED;
  }

  private static Map<String, Model> byName(List<Model> models) {
    Map<String, Model> byName = new HashMap<>();
    models.forEach(model -> byName.put(model.name(), model));
    return byName;
  }

  private static Map<String, String> definitions(List<Model> models) {
    Map<String, String> fingerprints = ModelFingerprints.of(models);
    Map<String, String> definitions = new TreeMap<>();
    models.forEach(model -> definitions.put(lakeName(model), fingerprints.get(model.name())));
    return definitions;
  }

  private static Map<String, String> markers(
      Map<String, String> definitions, List<Model> models, Map<String, Long> since) {
    Map<String, String> markers = new HashMap<>();
    markers.put(DEFINITIONS, format(definitions));
    Map<String, String> positions = new TreeMap<>();
    for (Model model : models) {
      Long position = since.get(model.name());
      if (position != null) {
        positions.put(lakeName(model), position.toString());
      }
    }
    if (!positions.isEmpty()) {
      markers.put(SINCE, format(positions));
    }
    return markers;
  }

  private static String format(Map<String, String> values) {
    StringBuilder out = new StringBuilder();
    values.forEach((name, value) -> out.append(name).append('=').append(value).append(';'));
    return out.toString();
  }

  private static Map<String, String> parse(String text) {
    Map<String, String> values = new HashMap<>();
    for (String entry : text.split(";", -1)) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        values.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return values;
  }
}
