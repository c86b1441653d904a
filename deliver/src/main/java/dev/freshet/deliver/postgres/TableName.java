package dev.freshet.deliver.postgres;

/** A table and its schema. */
record TableName(String schema, String name) {
  static TableName parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new TableName("public", text)
        : new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /** Quoted, for statements. */
  String sql() {
    return quote(schema) + "." + quote(name);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
