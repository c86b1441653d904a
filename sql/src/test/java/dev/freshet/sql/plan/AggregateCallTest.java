package dev.freshet.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.DataType.Simple;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AggregateCallTest {
  /** Saved state is found by a text that this one is part of. */
  @Test
  void hasTheTextOfARecord() throws Exception {
    AggregateCall call =
        new AggregateCall(
            AggregateCall.Function.SUM,
            AggregateCall.Quantifier.DISTINCT,
            List.of(3),
            OptionalInt.of(1),
            Simple.BIGINT);
    List<String> parts = new ArrayList<>();
    for (RecordComponent component : AggregateCall.class.getRecordComponents()) {
      parts.add(component.getName() + "=" + component.getAccessor().invoke(call));
    }
    assertThat(call).hasToString("AggregateCall[" + String.join(", ", parts) + "]");
  }
}
