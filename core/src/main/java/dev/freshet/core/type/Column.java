package dev.freshet.core.type;

/** A named, typed column. Names are kept as the source spells them and compared exactly. */
public record Column(String name, DataType type, Nullability nullability) {
  /** Whether a column may hold NULL. */
  public enum Nullability {
    NULLABLE,
    NOT_NULL
  }

  public static Column nullable(String name, DataType type) {
    return new Column(name, type, Nullability.NULLABLE);
  }

  public static Column notNull(String name, DataType type) {
    return new Column(name, type, Nullability.NOT_NULL);
  }

  public boolean mayBeNull() {
    return nullability == Nullability.NULLABLE;
  }
}
