package dev.freshet.bench.fuzz;

/** A column that an expression can name; {@code name} may carry its table's alias. */
record FuzzColumn(String name, Kind kind) {
  FuzzColumn of(String alias) {
    return new FuzzColumn(alias + "." + name, kind);
  }
}
