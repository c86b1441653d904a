package dev.freshet.debezium;

import static dev.freshet.debezium.Recorded.boundary;
import static dev.freshet.debezium.Recorded.document;
import static dev.freshet.debezium.Recorded.heartbeat;
import static dev.freshet.debezium.Recorded.oracle;
import static dev.freshet.debezium.Recorded.sets;
import static dev.freshet.debezium.Recorded.sqlServerRow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** What comes of records of connectors without whose servers nothing else of them is tested. */
class BroughtEventsTest {
  private static final Map<String, Object> QUIET = Map.of("commit_lsn", "Z");
  private static final String OID = "{\"$oid\": \"65f000000000000000000001\"}";

  private static Assembler assembler(EventForm form, String origin, Position position) {
    return new Assembler(
        "shop", Clock.system(), Map.of(origin, "orders"), List.of(), position, () -> 3, form);
  }

  private static Assembler sqlServer(Position position) {
    return assembler(EventForm.BY_COMMIT, "dbo.orders", position);
  }

  private static Assembler streaming(EventForm form, String origin) {
    return assembler(form, origin, new Position(0, 0, "", Map.of("scn", "1")));
  }

  private static Assembler sqlServer() {
    return streaming(EventForm.BY_COMMIT, "dbo.orders");
  }

  private static SourceRecord row(String operation, int id, String commit, long number) {
    return sqlServerRow(operation, id, "item", commit, number, "false");
  }

  @Test
  void aTransactionOfSqlServerEndsWithTheNextOne() {
    assertThat(
            sets(
                sqlServer(),
                row("c", 1, "A", 1),
                row("u", 1, "A", 2),
                row("d", 2, "A", 3),
                row("c", 3, "B", 1)))
        .containsExactly(
            "LAST +{\"id\":1,\"item\":\"item\"} ~{\"id\":1,\"item\":\"item\"}"
                + " -{\"id\":2,\"item\":\"item\"}"
                + " @{change_lsn=A:3, commit_lsn=A, event_serial_no=1}");
  }

  /** One may come behind any row; of two no row was between, so that all there is was read. */
  @Test
  void aTransactionOfSqlServerEndsWithTheSecondSignOfLife() {
    Assembler assembler = sqlServer();
    assertThat(sets(assembler, row("c", 1, "A", 1), heartbeat(QUIET), row("c", 2, "A", 2)))
        .isEmpty();
    assertThat(sets(assembler, heartbeat(QUIET))).isEmpty();
    assertThat(assembler.heartbeat()).as("while it is open").isNull();
    assertThat(sets(assembler, heartbeat(QUIET)))
        .containsExactly(
            "LAST +{\"id\":1,\"item\":\"item\"} +{\"id\":2,\"item\":\"item\"}"
                + " @{change_lsn=A:2, commit_lsn=A, event_serial_no=1}");
  }

  @Test
  void thePositionMovesOnWhileNothingHappens() {
    Assembler assembler = sqlServer();
    sets(assembler, heartbeat(QUIET));
    ChangeSet moved = assembler.heartbeat();
    assertThat(moved).isNotNull();
    assertThat(Recorded.text(moved)).isEqualTo("LAST @{commit_lsn=Z}");
    assertThat(assembler.heartbeat()).isNull();
  }

  @Test
  void theSnapshotOfSqlServerIsOneTransaction() {
    Assembler assembler = sqlServer(Position.NOTHING);
    assertThat(assembler.isInSnapshot()).isTrue();
    assertThat(
            sets(
                assembler,
                sqlServerRow("r", 1, null, "A", 0, "first"),
                sqlServerRow("r", 2, "x", "A", 0, "last")))
        .containsExactly(
            "LAST ={\"id\":1,\"item\":null} ={\"id\":2,\"item\":\"x\"}"
                + " @{commit_lsn=A, event_serial_no=1, snapshot=INITIAL,"
                + " snapshot_completed=true}");
    assertThat(assembler.isInSnapshot()).isFalse();
    assertThat(sets(assembler, row("c", 3, "B", 1), row("c", 4, "C", 1))).hasSize(1);
  }

  @Test
  void aLargeTransactionOfSqlServerComesInParts() {
    Assembler assembler = sqlServer();
    List<ChangeSet> made = new ArrayList<>();
    for (int i = 0; i < 10_001; i++) {
      assembler.accept(row("c", i, "A", i));
    }
    assembler.accept(row("c", 1, "B", 1));
    for (ChangeSet set = assembler.poll(); set != null; set = assembler.poll()) {
      made.add(set);
    }
    assertThat(made)
        .extracting(ChangeSet::part)
        .containsExactly(ChangeSet.Part.MORE, ChangeSet.Part.LAST);
    assertThat(Position.read(made.getFirst().position()).offset()).isEqualTo(Map.of("scn", "1"));
    assertThat(Position.read(made.getLast().position()).offset()).containsEntry("commit_lsn", "A");
  }

  @Test
  void transactionsOfOracleStandBetweenTheirMarks() {
    Map<String, Object> at = Map.of("scn", "10", "commit_scn", "9:1:");
    Map<String, Object> end = Map.of("scn", "12", "commit_scn", "12:1:0a");
    Assembler assembler = streaming(EventForm.MARKED_AT_COMMIT, "SHOP.ORDERS");
    assertThat(
            sets(
                assembler,
                boundary("BEGIN", "0a", at),
                oracle("c", 1, "x", "0a", at),
                heartbeat(at),
                heartbeat(at),
                oracle("d", 2, null, "0a", at),
                boundary("END", "0a", end)))
        .containsExactly(
            "LAST +{\"id\":1,\"item\":\"x\"} -{\"id\":2,\"item\":null}"
                + " @{commit_scn=12:1:0a, scn=12}");
  }

  /** It is sent before the next transaction, with an offset that may have that one. */
  @Test
  void theEndOfOraclesLastTransactionIsNoPositionWhenItComesAgain() {
    Map<String, Object> at = Map.of("scn", "12", "commit_scn", "12:1:0a");
    Map<String, Object> later = Map.of("scn", "14", "commit_scn", "12:1:0a");
    Assembler assembler =
        assembler(EventForm.MARKED_AT_COMMIT, "SHOP.ORDERS", new Position(0, 0, "0a", at));
    sets(assembler, heartbeat(later));
    ChangeSet moved = assembler.heartbeat();
    assertThat(moved).isNotNull();
    assertThat(Position.read(moved.position()))
        .extracting(Position::transaction, Position::offset)
        .containsExactly("0a", later);
    Map<String, Object> next = Map.of("scn", "14", "commit_scn", "15:1:0b");
    sets(assembler, boundary("END", "0a", next), boundary("BEGIN", "0b", next), heartbeat(next));
    assertThat(assembler.heartbeat()).isNull();
  }

  private static SourceRecord found(String operation, String id, String document, String session) {
    return document(operation, id, document, session, "token-" + id.length(), "false");
  }

  @Test
  void documentsAreRowsOfTheirIdAndTheirJson() {
    assertThat(
            sets(
                streaming(EventForm.DOCUMENTS, "shop.orders"),
                found("c", OID, "{\"_id\": " + OID + ", \"n\": 1}", ""),
                found("u", "\"ada\"", "{\"_id\": \"ada\"}", ""),
                found("d", "7", null, "")))
        .containsExactly(
            "LAST +{\"_id\":\"65f000000000000000000001\",\"document\":{\"_id\": "
                + OID
                + ", \"n\": 1}} @{ord=1, resume_token=token-"
                + OID.length()
                + ", sec=1700000000}",
            "LAST ~{\"_id\":\"ada\",\"document\":{\"_id\": \"ada\"}}"
                + " @{ord=1, resume_token=token-5, sec=1700000000}",
            "LAST -{\"_id\":\"7\",\"document\":null}"
                + " @{ord=1, resume_token=token-1, sec=1700000000}");
  }

  @Test
  void documentsOfATransactionComeTogether() {
    Assembler assembler = streaming(EventForm.DOCUMENTS, "shop.orders");
    assertThat(
            sets(
                assembler,
                found("c", "1", "{}", "session"),
                found("c", "22", "{}", "session"),
                found("c", "333", "{}", "")))
        .containsExactly(
            "LAST +{\"_id\":\"1\",\"document\":{}} +{\"_id\":\"22\",\"document\":{}}"
                + " @{ord=1, resume_token=token-2, sec=1700000000}",
            "LAST +{\"_id\":\"333\",\"document\":{}}"
                + " @{ord=1, resume_token=token-3, sec=1700000000}");
  }

  @Test
  void theLastTransactionOfDocumentsEndsWhenNothingCameForTwoSeconds() {
    Assembler assembler = streaming(EventForm.DOCUMENTS, "shop.orders");
    sets(assembler, found("c", "1", "{}", "session"));
    for (int i = 0; i < 9; i++) {
      assertThat(sets(assembler, heartbeat(QUIET))).isEmpty();
    }
    assertThat(sets(assembler, heartbeat(QUIET)))
        .singleElement()
        .asString()
        .startsWith("LAST +{\"_id\":\"1\"");
  }

  /** Its delete follows. */
  @Test
  void anUpdateWhoseDocumentIsGoneSaysNothing() {
    assertThat(
            sets(
                streaming(EventForm.LOOKED_UP_DOCUMENTS, "shop.orders"),
                found("u", "1", null, ""),
                found("d", "1", null, "")))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("LAST -{\"_id\":\"1\"");
  }

  /** Passing over it would lose the update. */
  @Test
  void anUpdateWhoseDocumentWasNotKeptIsNotPassedOver() {
    Assembler assembler = streaming(EventForm.DOCUMENTS, "shop.orders");
    assertThatThrownBy(() -> sets(assembler, found("u", "1", null, "")))
        .hasMessageContaining("the server has not kept it")
        .hasMessageContaining("changeStreamPreAndPostImages");
  }

  @Test
  void theSnapshotOfDocumentsEndsWhereTheStreamBegins() {
    assertThat(
            sets(
                assembler(EventForm.DOCUMENTS, "shop.orders", Position.NOTHING),
                document("r", "1", "{}", "", "t", "true"),
                document("r", "2", "{}", "", "t", "last")))
        .containsExactly(
            "LAST ={\"_id\":\"1\",\"document\":{}} ={\"_id\":\"2\",\"document\":{}}"
                + " @{ord=1, resume_token=t, sec=1700000000}");
  }
}
