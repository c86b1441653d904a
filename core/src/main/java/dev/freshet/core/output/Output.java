package dev.freshet.core.output;

/** Where changes leave a system, step by step. Safe for all threads. */
public interface Output {
  /** For people, such as {@code lake}. */
  String name();

  DeliveryGuarantee guarantee();

  /** The last step that has gone out whole; 0 for none. */
  long deliveredStep();
}
