package dev.freshet.demo.verify;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All rows of Freshet's tables and models at one step.
 *
 * <p>Values are {@link Boolean}; {@link Long} for all integers; {@link java.math.BigDecimal};
 * {@link Double} for REAL and DOUBLE; {@link String} for text and JSON; {@code byte[]}; {@link
 * java.time.LocalDate}; {@link java.time.LocalTime}; {@link java.time.LocalDateTime} for TIMESTAMP;
 * {@link java.time.Instant} for TIMESTAMP_LTZ; {@link java.util.UUID}; {@link List} for ARRAY;
 * {@code null} for NULL.
 */
public interface ContentSource {
  /** The columns' names, in the order in which rows hold them. */
  List<String> columns(String table);

  /**
   * Passes each row once, in any order. Called more than once for a table where the sides differ,
   * and must give the same rows again. The consumer does not keep the array.
   */
  void forEachRow(String table, Consumer<@Nullable Object[]> consumer);
}
