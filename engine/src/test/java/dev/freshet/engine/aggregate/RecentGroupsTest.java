package dev.freshet.engine.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Plan.Closing;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentGroupsTest {
  private static final Schema KEY = Schema.of(Column.nullable("at", Simple.TIMESTAMP));
  private static final LocalDateTime START = LocalDateTime.parse("2026-11-24T09:00:00");
  private static final int GROUPS = 100;

  private static long micros(int second) {
    return START.plusSeconds(second).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
  }

  /** Nobody needs to look for closed groups before the first of those that stay closes. */
  @ParameterizedTest
  @ValueSource(ints = {10, 1_000})
  void tellsWhenTheNextGroupCloses(int groupsMax) {
    AggregateLayout layout = new AggregateLayout(KEY, List.of(0), List.of());
    RecentGroups groups = new RecentGroups(layout, KEY, groupsMax);
    for (int from = 0; from < GROUPS; from += 5) {
      BatchBuilder rows = new BatchBuilder(KEY, 5);
      for (int second = from; second < from + 5; second++) {
        rows.row(1, second == 50 ? null : START.plusSeconds(second));
      }
      Batch keys = rows.build();
      int[] slots = groups.slots(keys, Hashing.hashRows(keys, new int[] {0}));
      groups.add(slots, layout.newSums(5), new long[] {1, 1, 1, 1, 1});
    }
    Closing closing = Closing.after(0, 7_000_000);
    RecentGroups.Taken first = groups.take(closing, micros(30));
    assertThat(first.slots()).hasSize(24);
    assertThat(first.nextMoment()).isEqualTo(micros(31));
    RecentGroups.Taken rest = groups.take(closing, micros(GROUPS + 7));
    assertThat(rest.slots()).hasSize(GROUPS - 24 - 1);
    assertThat(rest.nextMoment()).isEqualTo(Long.MAX_VALUE);
  }
}
