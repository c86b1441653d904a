package dev.freshet.capture.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.MapCodec;
import dev.freshet.core.batch.RowCodec;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.TypeParser;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No codec writes more than is counted. */
class LogBytesTest {
  /** Values that take the most, each with the bytes of its text. */
  static Stream<Object[]> values() {
    return Stream.of(
        new Object[] {"BOOLEAN", true, 0},
        new Object[] {"TINYINT", -128L, 0},
        new Object[] {"SMALLINT", 32_767L, 0},
        new Object[] {"INTEGER", Integer.MIN_VALUE, 0},
        new Object[] {"BIGINT", Long.MAX_VALUE, 0},
        new Object[] {"DECIMAL(18, 0)", "9".repeat(18), 0},
        new Object[] {"DECIMAL(38, 0)", "9".repeat(38), 0},
        new Object[] {"DOUBLE", 0.1, 0},
        new Object[] {"DATE", LocalDate.MAX, 0},
        new Object[] {"VARCHAR", "text", 4},
        new Object[] {"VARCHAR", "", 0},
        new Object[] {"UUID", new UUID(1, 2), 16},
        new Object[] {"VARCHAR ARRAY", List.of(), 0},
        new Object[] {"BIGINT ARRAY", List.of(), 0},
        new Object[] {"MAP<VARCHAR, BIGINT>", Map.of(), 0});
  }

  @ParameterizedTest
  @MethodSource("values")
  void coversArraysRowsAndMaps(String sql, Object value, int text) {
    DataType type = TypeParser.parse(sql);
    for (int count : new int[] {0, 1, 2, 7, 8, 9, 100}) {
      for (int nulls = 0; nulls <= count; nulls += Math.max(1, count - 1)) {
        List<@Nullable Object> values = new ArrayList<>(Collections.nCopies(count, value));
        Collections.fill(values.subList(0, nulls), null);
        covers(type, values, text * (count - nulls));
      }
    }
  }

  private static void covers(DataType type, List<@Nullable Object> values, int texts) {
    int count = values.size();
    int heads = LogBytes.ofElement(new DataType.Array(type));
    assertThat(ArrayCodec.encode(type, values))
        .hasSizeLessThanOrEqualTo(heads + LogBytes.ofElement(type) * count + texts);
    if (count > 0) {
      List<DataType.Row.Field> fields = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        fields.add(new DataType.Row.Field("f" + i, type));
      }
      DataType.Row row = new DataType.Row(fields);
      assertThat(RowCodec.encode(row, values))
          .hasSizeLessThanOrEqualTo(LogBytes.ofFields(row) + texts);
    }
    DataType.Map map = new DataType.Map(DataType.Simple.INTEGER, type);
    Map<Object, @Nullable Object> entries = new HashMap<>();
    for (int i = 0; i < count; i++) {
      entries.put((long) i, values.get(i));
    }
    int each = LogBytes.ofElement(map.key()) + LogBytes.ofElement(type);
    assertThat(MapCodec.encode(map, entries))
        .hasSizeLessThanOrEqualTo(LogBytes.ofElement(map) + each * count + texts);
  }
}
