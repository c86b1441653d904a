package dev.freshet.engine;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.circuit.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables and views of an engine, in the order of their creation. The engine's thread owns it.
 */
final class Relations {
  private final Map<String, Relation.Table> tables = new LinkedHashMap<>();
  private final Map<String, Relation.View> views = new LinkedHashMap<>();

  Map<String, Relation.Table> tables() {
    return Collections.unmodifiableMap(tables);
  }

  Map<String, Relation.View> views() {
    return Collections.unmodifiableMap(views);
  }

  void add(Relation.Table table) {
    tables.put(table.name(), table);
  }

  /** Adds a view, or puts it in the place of the one that has its name. */
  void add(Relation.View view) {
    views.put(view.name(), view);
  }

  void remove(String name) {
    tables.remove(name);
    views.remove(name);
  }

  /** Tables, then views. */
  List<Relation> all() {
    List<Relation> all = new ArrayList<>(tables.values());
    all.addAll(views.values());
    return all;
  }

  List<Output> outputs() {
    return all().stream().map(Relation::output).toList();
  }

  Optional<Relation> find(String name) {
    Relation table = tables.get(name);
    return Optional.ofNullable(table == null ? views.get(name) : table);
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}
   */
  Relation require(String name) {
    return find(name).orElseThrow(() -> notFound("read", name));
  }

  void requireUnused(String name) {
    if (tables.containsKey(name) || views.containsKey(name)) {
      throw new FreshetException(
          ErrorCode.ALREADY_EXISTS,
          "Cannot create " + name + ": there is a table or view of this name.");
    }
  }

  void requireTable(String dropped) {
    if (!tables.containsKey(dropped)) {
      throw notFound("drop table", dropped);
    }
  }

  void requireUnread(String name) {
    Map<String, Set<String>> reads = new LinkedHashMap<>();
    views.forEach((view, relation) -> reads.put(view, relation.reads()));
    requireUnread(name, reads);
  }

  /**
   * @param reads what each view reads
   */
  static void requireUnread(String name, Map<String, Set<String>> reads) {
    reads.forEach((view, read) -> {
      if (read.contains(name)) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot drop " + name + ": view " + view + " reads it. Drop that first.");
      }
    });
  }

  static FreshetException notFound(String what, String name) {
    return new FreshetException(
        ErrorCode.NOT_FOUND, "Cannot " + what + ": there is no " + name + ".");
  }
}
