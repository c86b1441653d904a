package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.NotedTables;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.Trace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is read beside the stream, and what is wanted of it, where no server is. */
class BesideTest {
  private static final Set<String> ORDERS = Set.of("orders");
  private static final Map<String, Object> OFFSET = Map.of("file", "binlog.000001", "pos", 100L);
  private static final SourceTable TABLE =
      new SourceTable(
          "orders",
          "shop.orders",
          1,
          Schema.of(Column.notNull("id", DataType.Simple.INTEGER)),
          new int[] {0});

  @TempDir private Path folder;
  private final SimulatedScheduler scheduler =
      new SimulatedScheduler(new SimulatedClock(), new Trace(), 1);
  private final NotedTables anew = NotedTables.ofProcess();

  private DebeziumSource source() {
    return DebeziumSource.ofMySql(
            SharedServer.settingsOf("mariadb://u@127.0.0.1:1/shop", "x", "orders"),
            SharedServer.NO_DRIVERS,
            () -> new LocalStorage(folder))
        .rereading(anew);
  }

  private static Assembler stream(Position position) {
    return new Assembler(
        "shop",
        Clock.system(),
        Map.of("shop.orders", "orders"),
        List.of(TABLE),
        position,
        () -> 3,
        EventForm.MARKED);
  }

  private static Position without(Set<String> tables) {
    return new Position(0, 0, "", OFFSET, tables, 0);
  }

  /** The log would say that the table is whole, and the next stream leaves it out. */
  @Test
  void forgetsATableThatHasJoinedWhenTheConnectionIsLost() throws Exception {
    Assembler stream = stream(without(ORDERS));
    Beside beside = new Beside(source(), scheduler, Clock.system(), false, () -> {});
    beside.advance(ORDERS, stream, 0);
    ChangeSet begun = beside.poll();
    assertThat(begun).isNotNull();
    beside.taken(begun);
    beside.join(stream);
    assertThat(beside.isReady()).isTrue();

    beside.release();
    assertThat(beside.isReady()).isFalse();
    beside.advance(ORDERS, stream(without(ORDERS)), 0);
    assertThat(beside.poll())
        .as("what the log has is void")
        .extracting(ChangeSet::part)
        .isEqualTo(Part.RESTART);
  }

  @Test
  void aReadThatCannotConnectLeavesNoHistory() {
    String before = SchemaHistories.register(new NoLines());
    try (SideRead read = new SideRead(source(), scheduler, Clock.system(), TABLE, () -> {})) {
      scheduler.runUntil(() -> scheduler.running().isEmpty(), 10);
      assertThatThrownBy(() -> read.advance(_ -> {})).hasMessageContaining("127.0.0.1:1");
    }
    String after = SchemaHistories.register(new NoLines());
    SchemaHistories.forget(before);
    SchemaHistories.forget(after);
    assertThat(number(after)).as("the read's is between them").isEqualTo(number(before) + 2);
    assertThatThrownBy(() -> SchemaHistories.find("history-" + (number(before) + 1)))
        .hasMessageContaining("No history");
  }

  private static int number(String history) {
    return Integer.parseInt(history.substring(history.indexOf('-') + 1));
  }

  private static final class NoLines implements SchemaHistories.Store {
    @Override
    public void append(String line) {}

    @Override
    public List<String> lines() {
      return List.of();
    }
  }

  /** A position that leaves nothing out does not say how many did before it. */
  @Test
  void aWishIsKeptUntilThePositionThatSaysSoIsDurableThoughItIsTheSecond() {
    Wishes wishes = new Wishes(source(), without(Set.of()));
    Position first = told(wishes, stream(without(Set.of())));
    wishes.durable(first);
    assertThat(wishes.wanted(ORDERS, stream(first))).isEqualTo(ORDERS);
    assertThat(anew.now()).isEmpty();

    Position joined = Position.read(first.leavingOut(Set.of(), first.telling()).toBytes());
    Assembler stream = stream(wishes.connected(ORDERS, joined));
    Position second = told(wishes, stream);
    wishes.wanted(ORDERS, stream);
    assertThat(anew.now()).isEqualTo(ORDERS);
    wishes.durable(first);
    wishes.wanted(ORDERS, stream);
    assertThat(anew.now()).isEqualTo(ORDERS);
    wishes.durable(second);
    assertThat(wishes.wanted(ORDERS, stream)).isEqualTo(ORDERS);
    assertThat(anew.now()).isEmpty();
  }

  private Position told(Wishes wishes, Assembler stream) {
    anew.add(ORDERS);
    wishes.look(ORDERS, stream);
    wishes.apply(ORDERS, stream);
    return Position.read(stream.told().position());
  }
}
