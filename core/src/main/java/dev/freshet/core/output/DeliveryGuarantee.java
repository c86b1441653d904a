package dev.freshet.core.output;

import java.util.Locale;

/** What an output guarantees of each change, whatever crashes and starts again in between. */
public enum DeliveryGuarantee {
  /**
   * A step's changes and its number are written together or not at all: each change is there once.
   */
  TRANSACTIONAL,

  /** A change may be written again, which changes nothing: the receiver knows it by its key. */
  IDEMPOTENT_BY_KEY,

  /** No change is left out, and the receiver may see one again; its step says which. */
  AT_LEAST_ONCE;

  /** For people and JSON, such as {@code at-least-once}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
