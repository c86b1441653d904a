package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.NotedTables;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.history.OrdersProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the changes of a table that stand in the log when it is taken out. */
@Timeout(60)
class TakenOutStepTest {
  private static final String SOURCE = "kind: postgres\nurl: postgres://localhost/shop\n";
  private static final String ORDERS =
      "tables:\n  - name: public.orders\n    watermark: {column: ordered_at, delay: 4s}\n";
  private static final String CLICKS = "tables:\n  - {name: public.clicks, keep: none}\n";
  private static final String PARCELS = "  - public.parcels\n";

  @TempDir private Path directory;
  private OrdersProject project;
  private final Shop shop = new Shop();

  /** Notes what it is told, and sends nothing. */
  private static final class Shop implements Pausable, Capture, NotedTables.Memory {
    private final PausedTables paused = PausedTables.ofProcess();
    private final List<String> told = new ArrayList<>();
    private boolean isFull;
    private final NotedTables anew = new NotedTables(this);

    @Override
    public String name() {
      return "shop";
    }

    @Override
    public PausedTables paused() {
      return paused;
    }

    @Override
    public boolean goesOnWithoutTables() {
      return true;
    }

    @Override
    public SourceCheck check(Resume resume) {
      return new SourceCheck(List.of(), List.of());
    }

    @Override
    public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
      return this;
    }

    @Override
    public Optional<NotedTables> anew() {
      return Optional.of(anew);
    }

    @Override
    public String recall() {
      return "";
    }

    @Override
    public void remember(String note) {
      if (isFull) {
        throw new FreshetException(ErrorCode.DISK_FULL, "The disk is full.");
      }
      told.add("anew " + note + ", without " + paused.takenOut());
    }

    @Override
    public void wake() {
      paused.noticed(paused.leftAlone());
    }

    @Override
    public void acknowledged(byte[] position) {}

    @Override
    public SourceStatus status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void writeTheProject() throws Exception {
    project = new OrdersProject(directory);
  }

  private RunningOrders running() {
    return new RunningOrders(project, OrdersProject.WHOLE, List.of(shop));
  }

  private void delete(String... models) throws Exception {
    for (String model : models) {
      Files.delete(directory.resolve("models/" + model + ".sql"));
    }
  }

  private void takeOrdersOut(String... others) throws Exception {
    project.write("sources/shop.yaml", SOURCE + CLICKS + String.join("", others));
    delete("silver/shares", "gold/amounts", "gold/minutes", "gold/taxes");
  }

  private void addParcels() throws Exception {
    project.write("sources/shop.yaml", SOURCE + ORDERS + CLICKS.substring(8) + PARCELS);
    project.write("contracts/parcels.yaml", "key: [id]\ncolumns:\n  id: BIGINT\n");
  }

  private void refuses(RunningOrders running, String... why) {
    assertThatThrownBy(running.changes()::apply)
        .isInstanceOf(FreshetException.class)
        .hasMessageContainingAll(why);
    assertThat(shop.paused.leftAlone()).isEmpty();
    assertThat(shop.told).isEmpty();
  }

  private long lake(String table) {
    long[] rows = {0};
    LakeReader.open(new LocalStorage(directory.resolve("state")))
        .read(table, batch -> rows[0] += batch.rowCount());
    return rows[0];
  }

  @Test
  void countsNothingOfItThatComesAfterwards() throws Exception {
    Map<String, List<StateHash>> left;
    try (RunningOrders running = running()) {
      running.append(1, 100);
      running.parts().lakeFeed().publishAll();
      long history = lake("bronze.orders");
      long others = lake("bronze.clicks");
      assertThat(history).isPositive();
      takeOrdersOut();
      assertThat(running.changes().apply().takenOut()).containsExactly("orders");
      assertThat(shop.paused.takenOut()).containsExactly("orders");

      running.append(2, 100); // also what the source sent before it knew
      left = running.run().hashes();
      assertThat(left).containsOnlyKeys("clicks", "pages");
      running.parts().lakeFeed().publishAll();
      assertThat(lake("bronze.orders")).isEqualTo(history);
      assertThat(lake("bronze.clicks")).isGreaterThan(others);
    } // killed: no checkpoint knows that it is out
    assertThat(left).isEqualTo(project.fromTheStart());
    try (RunningOrders running = running()) {
      running.awaitApplied();
      assertThat(running.run().hashes()).isEqualTo(left);
    }
  }

  /** A note that came first would be read and gone before the table is out. */
  @Test
  void isOutAtItsSourceBeforeItIsNotedToBeReadAnew() throws Exception {
    try (RunningOrders running = running()) {
      running.append(1, 50);
      shop.paused.pause(List.of("orders", "clicks"));
      takeOrdersOut();
      assertThat(running.changes().apply().takenOut()).containsExactly("orders");
      assertThat(shop.told).containsExactly("anew orders, without [orders]");
      assertThat(shop.paused.now()).containsExactly("clicks");
      shop.paused.takeBack(Set.of("orders"));
      assertThat(shop.paused.now()).as("nothing is left of its pause").containsExactly("clicks");
      running.append(2, 50);
      assertThat(running.run().hashes()).containsOnlyKeys("clicks", "pages");
    }
  }

  @Test
  void staysWithItsSourceWhenThatCannotBeNoted() throws Exception {
    try (RunningOrders running = running()) {
      running.append(1, 50);
      takeOrdersOut();
      shop.isFull = true;
      assertThatThrownBy(running.changes()::apply).hasMessageContaining("The disk is full.");
      assertThat(shop.paused.leftAlone()).isEmpty();
      running.append(2, 50);
      assertThat(running.run().hashes()).containsKeys("orders", "minutes");
      assertThat(running.parts().serving().models().models()).hasSize(5);

      shop.isFull = false;
      assertThat(running.changes().apply().takenOut()).containsExactly("orders");
    }
  }

  /** Both would be there in the step that exchanges them. */
  @Test
  void refusesAModelThatTakesItsNameInTheSameChange() throws Exception {
    addParcels();
    try (RunningOrders running = running()) {
      running.append(1, 50);
      takeOrdersOut(PARCELS);
      project.write("models/silver/orders.sql", "SELECT id FROM parcels\n");
      refuses(running, "a model with the name of table orders", "at models/silver/orders.sql:1:1");
      running.append(2, 50);
      assertThat(running.run().hashes()).containsKeys("shares", "minutes");

      delete("silver/orders");
      assertThat(running.changes().apply().takenOut()).containsExactly("orders");
      project.write("models/silver/orders.sql", "SELECT id FROM parcels\n");
      assertThat(running.changes().apply().added()).containsExactly("orders");
      running.append(3, 50);
      assertThat(running.run().hashes()).containsOnlyKeys("clicks", "pages", "parcels", "orders");
      running.parts().lakeFeed().publishAll();
    }
  }

  @Test
  void refusesWhatCouldNotBeReadAgain() throws Exception {
    try (RunningOrders running = running()) {
      running.append(1, 50);
      project.write("sources/shop.yaml", SOURCE + ORDERS);
      delete("gold/pages");
      refuses(running, "Cannot take out table clicks", "keep: none", "at sources/shop.yaml:4:");
    }
  }

  /** It leaves nothing out, so that the tables would be read for nothing. */
  @Test
  void refusesWhileTheSourceReadsItsFirstSnapshot() throws Exception {
    try (RunningOrders running = running()) {
      takeOrdersOut();
      refuses(running, "while source shop reads its first snapshot", "at sources/shop.yaml:4:");
      running.append(1, 50);
      assertThat(running.changes().apply().takenOut()).containsExactly("orders");
    }
  }

  private static void around(RunningOrders running, Handover handover, Runnable swap) {
    Parts parts = running.parts();
    Serving.Models models = parts.serving().models();
    ModelExchange exchange =
        new ModelExchange(parts, swap, parts.lakeFeed().tables(), models, List.of(), Set.of());
    new TakenOut(parts.feeds(), models.tables(), Set.of("orders")).around(exchange, handover);
  }

  /** What was passed over in a step that is made has to be read anew. */
  @Test
  void isItsSourcesAgainOnlyWhenNoStepIsMade() throws Exception {
    try (RunningOrders running = running()) {
      running.append(1, 50);
      Handover handover = new Handover(running.parts(), Clock.system());
      Runnable failing =
          () -> {
            throw new IllegalStateException("no room");
          };
      assertThatThrownBy(() -> around(running, handover, failing)).hasMessage("no room");
      assertThat(shop.paused.takenOut()).isEmpty();

      CountDownLatch isGivenUp = new CountDownLatch(1);
      Runnable stopping =
          () -> {
            handover.close();
            await(isGivenUp);
          };
      try {
        assertThatThrownBy(() -> around(running, handover, stopping))
            .hasMessageContaining("the project makes no steps");
        assertThat(shop.paused.takenOut()).containsExactly("orders");
      } finally {
        isGivenUp.countDown();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
