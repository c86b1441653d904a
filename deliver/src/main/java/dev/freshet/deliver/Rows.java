package dev.freshet.deliver;

import dev.freshet.core.batch.Batch;
import java.util.function.Consumer;

/** Rows or changes in batches of bounded size, which may be gone through more than once. */
@FunctionalInterface
public interface Rows {
  /** Hands over all batches in order, always the same ones. */
  void forEach(Consumer<Batch> batches);
}
