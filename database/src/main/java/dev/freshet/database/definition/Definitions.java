package dev.freshet.database.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All tables and views of a database, each in the order of creation; so a view stands behind those
 * that it reads. Immutable.
 */
public record Definitions(List<TableDefinition> tables, List<ViewDefinition> views) {
  public static final Definitions NONE = new Definitions(List.of(), List.of());

  public Definitions {
    tables = List.copyOf(tables);
    views = List.copyOf(views);
  }

  public Optional<TableDefinition> table(String name) {
    return tables.stream().filter(table -> table.name().equals(name)).findFirst();
  }

  public Optional<ViewDefinition> view(String name) {
    return views.stream().filter(view -> view.name().equals(name)).findFirst();
  }

  public Definitions with(TableDefinition table) {
    List<TableDefinition> all = new ArrayList<>(tables);
    all.add(table);
    return new Definitions(all, views);
  }

  public Definitions with(ViewDefinition view) {
    List<ViewDefinition> all = new ArrayList<>(views);
    all.add(view);
    return new Definitions(tables, all);
  }

  /** Without the table or view of this name. */
  public Definitions without(String name) {
    return new Definitions(
        tables.stream().filter(table -> !table.name().equals(name)).toList(),
        views.stream().filter(view -> !view.name().equals(name)).toList());
  }
}
