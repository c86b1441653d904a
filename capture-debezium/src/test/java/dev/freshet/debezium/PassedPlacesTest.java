package dev.freshet.debezium;

import static dev.freshet.debezium.Recorded.boundary;
import static dev.freshet.debezium.Recorded.heartbeat;
import static dev.freshet.debezium.Recorded.mariaDb;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/**
 * Where a table joins a stream of a MariaDB or MySQL: between two places, with a position behind
 * all that was passed over.
 */
class PassedPlacesTest {
  private static final Position BEFORE = new Position(0, 0, "0-1-1", at(100), Set.of("orders"), 1);

  private final Assembler stream =
      new Assembler(
          "shop",
          Clock.system(),
          Map.of("shop.orders", "orders"),
          List.of(),
          BEFORE,
          () -> 3,
          EventForm.MARKED);

  private static Map<String, Object> at(long place) {
    return Map.of("file", "binlog.000001", "pos", place);
  }

  private static Place place(long place) {
    return new Place(1, place, 0);
  }

  private void accept(SourceRecord... records) {
    assertThat(Recorded.sets(stream, records)).isEmpty();
  }

  /** The position with which a table would join, in the connector's words. */
  private Map<String, Object> joining() {
    assertThat(stream.between()).isNotNull();
    return Position.read(stream.told().position()).offset();
  }

  @Test
  void aTruncationThatIsPassedOverMovesThePositionOn() {
    accept(
        boundary("BEGIN", "0-1-2", at(100)),
        mariaDb("c", 1, "0-1-2", at(100)),
        boundary("END", "0-1-2", at(200)),
        mariaDb("t", 0, "", at(300)));
    assertThat(stream.between()).isEqualTo(place(300));
    assertThat(joining()).containsEntry("pos", 300L);
  }

  /** Rows that name no transaction come of XA transactions of MySQL, many at one place. */
  @Test
  void aRowOfNoTransactionIsNotTheLastOneOfItsPlace() {
    accept(mariaDb("c", 1, "", at(200)));
    assertThat(stream.between()).isNull();
    accept(heartbeat(at(200)));
    assertThat(stream.between()).isNull();
    accept(mariaDb("c", 2, "", at(200)), heartbeat(at(300)));
    assertThat(stream.between()).isEqualTo(place(300));
    assertThat(joining()).containsEntry("pos", 200L);
  }

  /** XA transactions of MariaDB have no END. */
  @Test
  void aTransactionWithoutEndIsPassedWithTheNextOne() {
    accept(
        boundary("BEGIN", "0-1-2", at(100)), mariaDb("c", 1, "0-1-2", at(100)), heartbeat(at(200)));
    assertThat(stream.between()).as("no position lies behind the row").isNull();
    accept(boundary("BEGIN", "0-1-3", at(200)));
    assertThat(stream.between()).isEqualTo(place(200));
    assertThat(joining()).containsEntry("pos", 200L);
  }
}
