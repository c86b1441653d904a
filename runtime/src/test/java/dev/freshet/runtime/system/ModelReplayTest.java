package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ContentHash;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.database.subscribe.ChangeListener;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.runtime.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models are computed once more while their project runs, and change places with what was there.
 */
class ModelReplayTest {
  @TempDir private Path directory;
  private OrdersProject project;

  @BeforeEach
  void writeTheProject() throws IOException {
    project = new OrdersProject(directory);
  }

  /** The sum of what a feed told. */
  private static final class Follower implements ChangeListener {
    private final ContentHash hash = new ContentHash();

    @Override
    public void onStep(long step, Batch changes) {
      hash.add(changes);
    }
  }

  private static Follower follow(RunningOrders running, String model) {
    Follower follower = new Follower();
    running.parts().subscriptions().subscribe(model, Subscriptions.From.SNAPSHOT, follower);
    return follower;
  }

  private void assertVerified() {
    List<String> lines = new ArrayList<>();
    Path state = directory.resolve("state");
    int differing =
        Verification.run(
            state, project.resolved(), Optional.empty(), directory.resolve("spill"), lines::add);
    assertThat(differing).as("%s", lines).isZero();
    assertThat(lines).noneMatch(line -> line.startsWith("not verified"));
  }

  private String lake(String table) {
    ContentHash hash = new ContentHash();
    LakeReader.open(new LocalStorage(directory.resolve("state"))).read(table, hash::add);
    return hash.text();
  }

  private void runWithout(String file, int transactions) throws Exception {
    String text = Files.readString(directory.resolve(file));
    Files.delete(directory.resolve(file));
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(1, transactions);
      running.parts().dataflow().saveAll();
    }
    project.write(file, text);
  }

  @Test
  void aFinalModelJudgesHistoryAsItCame() throws Exception {
    runWithout("models/gold/minutes.sql", 200);
    String told;
    StateHash content;
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(2, 100);
      Follower follower = follow(running, "minutes");
      StateHash before = running.run().hashes().get("minutes").getFirst();
      long end = running.run().log().durableOffset();
      assertThat(end).as("what came").isGreaterThanOrEqualTo(300);
      ModelChanges.Replayed replayed = running.changes().replay("minutes", "0");
      assertThat(replayed.plan().lines())
          .contains("reads     the log, offsets 0 to " + end)
          .anyMatch(line -> line.startsWith("minutes judges what comes by its watermark from the"));
      content = running.run().hashes().get("minutes").getFirst();
      assertThat(content).as("late rows were in it").isNotEqualTo(before);
      running.append(3, 50);
      content = running.run().hashes().get("minutes").getFirst();
      told = follower.hash.text();
      running.parts().lakeFeed().publishAll();
    } // killed: no checkpoint has the model
    assertThat(told).isEqualTo(content.hash());
    assertThat(lake("gold.minutes")).isEqualTo(content.hash());
    assertThat(content).isEqualTo(project.fromTheStart().get("minutes").getFirst());
    assertVerified();
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.awaitApplied();
      assertThat(running.run().hashes().get("minutes").getFirst()).isEqualTo(content);
      running.append(4, 20);
      running.parts().dataflow().saveAll();
    }
    assertVerified();
  }

  @Test
  void aModelOverRowsThatPassSeesThoseSinceAnOffset() throws Exception {
    try (RunningOrders running = new RunningOrders(project, OrdersProject.FORGETTING)) {
      running.append(5, 200);
      running.parts().dataflow().saveAll();
      long first = running.run().log().startOffset();
      assertThat(first).isPositive();
      running.append(6, 100);
      Follower follower = follow(running, "pages");
      long all = pages(running);
      assertThatThrownBy(() -> running.changes().replay("pages", Long.toString(first - 1)))
          .hasMessageContaining("Cannot replay from offset " + (first - 1))
          .hasMessageContaining("What is older than log.retention is forgotten.");
      assertThatThrownBy(() -> running.changes().replay("minutes", Long.toString(first)))
          .hasMessageContaining("the log begins at offset " + first)
          .hasMessageContaining("what orders had at each moment is needed for minutes");
      running.changes().replay("pages", "200");
      long some = pages(running);
      assertThat(some).isPositive().isLessThan(all);
      running.append(7, 30);
      assertThat(follower.hash.text())
          .isEqualTo(running.run().hashes().get("pages").getFirst().hash());
      running.parts().lakeFeed().publishAll();
    } // killed: no checkpoint has the model
    assertVerified();
  }

  private static long pages(RunningOrders running) {
    Batch rows = running.run().snapshot().scan("pages");
    long clicks = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      clicks += ((LongVector) rows.column(1)).values()[row];
    }
    return clicks;
  }

  @Test
  void aModelThatEqualsItsQueryIsComputedFromWhatIsThere() throws Exception {
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(8, 100);
      running.parts().dataflow().saveAll();
    }
    project.tax(21);
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(9, 10);
      Follower follower = follow(running, "taxes");
      ModelChanges.Replayed replayed = running.changes().replay("taxes", "");
      assertThat(replayed.plan().scope()).isEmpty();
      assertThat(replayed.step().result().delta("taxes")).isPresent();
      assertThat(follower.hash.text())
          .isEqualTo(running.run().hashes().get("taxes").getFirst().hash());
      assertThat(running.changes().replay("taxes", "5").step().result().delta("taxes"))
          .as("nothing is left to correct")
          .isEmpty();
      running.append(10, 10);
      running.parts().dataflow().saveAll();
      assertThat(lake("gold.taxes"))
          .isEqualTo(running.run().hashes().get("taxes").getFirst().hash());
    }
    assertVerified();
  }

  @Test
  void whatReadsTheModelIsComputedToo() throws Exception {
    project.write("models/gold/busy.sql", "SELECT window_start FROM minutes WHERE orders > 3\n");
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(11, 200);
      Follower follower = follow(running, "busy");
      ModelChanges.Replayed replayed = running.changes().replay("minutes", "150");
      assertThat(replayed.plan().built())
          .extracting(model -> model.name())
          .containsExactly("minutes", "busy");
      running.append(12, 50);
      assertThat(follower.hash.text())
          .isEqualTo(running.run().hashes().get("busy").getFirst().hash());
      running.parts().dataflow().saveAll();
    }
    assertVerified();
  }

  @Test
  void stepsGoOnMeanwhile() throws Exception {
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(13, 300);
      Follower follower = follow(running, "minutes");
      Thread writer =
          Thread.ofPlatform().start(() -> running.run().append(new SplittableRandom(14), 2_000));
      for (String from : List.of("100", "0", "250")) {
        running.changes().replay("minutes", from);
      }
      writer.join();
      running.awaitApplied();
      assertThat(follower.hash.text())
          .isEqualTo(running.run().hashes().get("minutes").getFirst().hash());
      assertThat(running.changes().status().applied()).isEqualTo(3);
      running.parts().dataflow().saveAll();
    }
    assertVerified();
  }

  @Test
  void refusesWhatCannotBeDone() throws Exception {
    project.write(
        "models/silver/even.sql",
        "/*\nkeep: none\n*/\nSELECT id FROM clicks WHERE MOD(id, 2) = 0\n");
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      running.append(15, 10);
      assertThatThrownBy(() -> running.changes().replay("minuts", ""))
          .hasMessageContaining("there is no such model. Did you mean minutes?");
      assertThatThrownBy(() -> running.changes().replay("even", "0"))
          .hasMessageContaining("it keeps no rows (keep: none)");
      assertThatThrownBy(() -> running.changes().replay("pages", "11"))
          .hasMessageContaining("the log has offsets 0 (")
          .hasMessageContaining(") to 10.");
      assertThatThrownBy(() -> running.changes().replay("pages", "yesterday"))
          .hasMessageContaining("give an offset, or a time with its zone");
      running.changes().replay("pages", "1970-01-01T00:00:00Z");
      assertThat(running.changes().status().refused()).isEqualTo(4);
    }
  }
}
