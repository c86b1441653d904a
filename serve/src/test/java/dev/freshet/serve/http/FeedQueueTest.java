package dev.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.serve.http.FeedQueue.StepChanges;
import org.junit.jupiter.api.Test;

class FeedQueueTest {
  private final FeedQueue queue = new FeedQueue();

  @Test
  void givesStepsInOrder() throws InterruptedException {
    queue.add(changes(1, 1));
    queue.add(changes(2, 1));
    assertThat(queue.poll(0)).hasValueSatisfying(first -> assertThat(first.step()).isOne());
    assertThat(queue.poll(0)).hasValueSatisfying(next -> assertThat(next.step()).isEqualTo(2));
    assertThat(queue.poll(0)).isEmpty();
    assertThat(queue.isOverrun()).isFalse();
  }

  @Test
  void dropsEverythingPastItsRows() throws InterruptedException {
    queue.add(changes(1, 150_000));
    queue.add(changes(2, 50_001));
    assertThat(queue.isOverrun()).isTrue();
    assertThat(queue.isEmpty()).isTrue();
    queue.add(changes(3, 1));
    assertThat(queue.poll(0)).isEmpty();
  }

  @Test
  void dropsEverythingPastItsSteps() {
    for (int step = 1; step <= 1_000; step++) {
      queue.add(changes(step, 0));
    }
    assertThat(queue.isOverrun()).isFalse();
    queue.add(changes(1_001, 0));
    assertThat(queue.isOverrun()).isTrue();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void takesAWholeTableAsTheFirstBatch() throws InterruptedException {
    queue.add(changes(1, 300_000));
    assertThat(queue.poll(0)).isPresent();
    queue.add(changes(2, 199_999));
    queue.add(changes(3, 1));
    assertThat(queue.isOverrun()).isFalse();
  }

  private static StepChanges changes(long step, int rows) {
    BatchBuilder batch = new BatchBuilder(Schema.of(Column.notNull("id", Simple.BIGINT)), rows + 1);
    for (long id = 0; id < rows; id++) {
      batch.row(1, id);
    }
    Batch built = batch.build();
    return new StepChanges(step, built);
  }
}
