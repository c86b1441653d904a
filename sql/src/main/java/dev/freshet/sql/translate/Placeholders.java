package dev.freshet.sql.translate;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression.Literal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Optional;
import java.util.UUID;

/** Some value of a type, to stand where a key is NULL beside a column that says that it is. */
final class Placeholders {
  private Placeholders() {}

  static Optional<Literal> of(DataType type) {
    Optional<Object> value =
        switch (type) {
          case DataType.Decimal decimal -> Optional.of(BigDecimal.ZERO.setScale(decimal.scale()));
          case DataType.Array _, DataType.Map _, DataType.Row _ -> Optional.empty();
          case Simple simple -> Optional.of(simple(simple));
        };
    return value.map(v -> new Literal(type, Optional.of(v)));
  }

  private static Object simple(Simple type) {
    return switch (type) {
      case BOOLEAN -> false;
      case TINYINT, SMALLINT, INTEGER, BIGINT -> 0L;
      case REAL, DOUBLE -> 0.0;
      case VARCHAR, JSON -> "";
      case BINARY -> new byte[0];
      case DATE -> LocalDate.EPOCH;
      case TIME -> LocalTime.MIDNIGHT;
      case TIMESTAMP -> LocalDate.EPOCH.atStartOfDay();
      case TIMESTAMP_LTZ -> Instant.EPOCH;
      case UUID -> new UUID(0, 0);
    };
  }
}
