package dev.freshet.bench.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.workers.WorkerSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NexmarkRunTest {
  /** Of each kind of operator one query; all of them take long on a small machine. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 8, 9, 11, 15, 19, 21, 22})
  void eachQueryRunsAndHasRows(int query) throws Exception {
    DurableSteps.Figures figures =
        new NexmarkRun(query, new Events(3)::next, 2_000, Keep.NONE)
            .run(2_000, 6_000, 60, WorkerSettings.of(2).withPartRows(100));
    assertThat(figures.rows()).isPositive();
    assertThat(figures.events()).isEqualTo(6_000);
    assertThat(figures.eventsPerSecond()).isPositive();
  }

  @Test
  void eventsHaveTheProportionsOfNexmarkAndRepeat() {
    List<TableChanges> first = new Events(9).next(50_000);
    assertThat(first.stream().map(TableChanges::table)).containsExactly("person", "auction", "bid");
    assertThat(first.stream().map(TableChanges::rowCount)).containsExactly(1_000, 3_000, 46_000);
    List<TableChanges> again = new Events(9).next(50_000);
    assertThat(prices(again)).isEqualTo(prices(first));
    double bytes = first.stream().mapToDouble(changes -> changes.rows().bytes()).sum() / 50_000;
    assertThat(bytes).isBetween(150.0, 400.0);
  }

  private static long[] prices(List<TableChanges> changes) {
    return ((LongVector) changes.get(2).rows().column(2)).values();
  }
}
