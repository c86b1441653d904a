package dev.freshet.engine.expression;

import dev.freshet.core.batch.Vector;

/**
 * A strict function over vectors: null in, null out. Without state, so any thread may call it.
 *
 * <p>The result has {@link Arguments#count()} rows and is null at least where the arguments are.
 */
@FunctionalInterface
interface Kernel {
  Vector apply(Arguments arguments);
}
