package dev.freshet.sql.catalog;

import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.plan.Plan;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables and models that SQL may read. Immutable while a statement is compiled. */
public interface Catalog {
  /** All relations; their names are unique. */
  Collection<Relation> relations();

  /** The functions in Java that SQL may call. */
  FunctionLibrary functions();

  /** A catalog of these relations, without functions. */
  static Catalog of(Relation... relations) {
    return of(List.of(relations));
  }

  /** A catalog of these relations, without functions. */
  static Catalog of(Collection<Relation> relations) {
    return of(relations, FunctionLibrary.NONE);
  }

  /** A catalog of these relations and functions. */
  static Catalog of(Collection<Relation> relations, FunctionLibrary functions) {
    Map<String, Relation> byName = new TreeMap<>();
    relations.forEach(relation -> byName.put(relation.name(), relation));
    List<Relation> sorted = List.copyOf(byName.values());
    return new Fixed(sorted, functions);
  }

  /** What does not change. */
  record Fixed(Collection<Relation> relations, FunctionLibrary functions) implements Catalog {}

  /**
   * A table or model.
   *
   * @param name as its source spells it
   * @param keys sets of columns that identify a row, each non-empty; none when nothing is known
   * @param watermark of a table, if its rows come about in the order of a column
   * @param definition of a view: its plan
   * @param keep which of its rows are kept
   */
  record Relation(
      String name,
      Schema schema,
      List<List<String>> keys,
      Optional<Watermark> watermark,
      Optional<Plan> definition,
      Keep keep) {
    public Relation {
      keys = keys.stream().map(List::copyOf).toList();
    }

    /** A table without a watermark. */
    public Relation(String name, Schema schema, List<List<String>> keys) {
      this(name, schema, keys, Optional.empty(), Optional.empty(), Keep.ALL);
    }

    /** The table with this watermark. */
    public Relation with(Optional<Watermark> newWatermark) {
      return new Relation(name, schema, keys, newWatermark, definition, keep);
    }

    /** The view with this plan. */
    public Relation with(Plan plan) {
      return new Relation(name, schema, keys, watermark, Optional.of(plan), keep);
    }

    /** The relation with such rows. What keeps none cannot hold its rows to a key. */
    public Relation with(Keep newKeep) {
      List<List<String>> held = newKeep == Keep.NONE && definition.isEmpty() ? List.of() : keys;
      return new Relation(name, schema, held, watermark, definition, newKeep);
    }

    /** A relation with one key, or without one when no columns are given. */
    public static Relation of(String name, Schema schema, String... key) {
      return new Relation(name, schema, key.length == 0 ? List.of() : List.of(List.of(key)));
    }
  }
}
