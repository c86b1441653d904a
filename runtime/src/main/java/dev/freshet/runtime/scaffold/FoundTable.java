package dev.freshet.runtime.scaffold;

import dev.freshet.core.type.Schema;
import java.util.List;

/**
 * A table that a database holds.
 *
 * @param sourceName as the source names it, such as {@code public.orders}
 * @param name its name in Freshet
 * @param key the columns of its key; empty when it has none and so cannot be captured
 */
public record FoundTable(String sourceName, String name, Schema schema, List<String> key) {
  public FoundTable {
    key = List.copyOf(key);
  }
}
