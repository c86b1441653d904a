package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionTest {
  @TempDir Path directory;
  private Freshet db;

  @BeforeEach
  void open() {
    db = Freshet.open(directory, FreshetOptions.DEFAULT.withWriteWait(Duration.ofMillis(200)));
    db.execute(
        "CREATE TABLE items (id INTEGER, shop VARCHAR, price DECIMAL(6, 2) NOT NULL, size TINYINT,"
            + " PRIMARY KEY (shop, id))");
    db.transaction(tx -> {
      tx.insert("items", 1, "A", new BigDecimal("1.5"), null);
      tx.insert("items", 2, "A", new BigDecimal("2.5"), 7);
    });
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<String> items() {
    return db.query("SELECT shop, id, price FROM items ORDER BY shop, id").stream()
        .map(Row::toString)
        .toList();
  }

  private static void fails(ThrowingCallable call, ErrorCode code, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(FreshetException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(parts);
  }

  @Test
  void appliesAllInOneStep() {
    long before = db.step();
    WriteResult done =
        db.transaction(tx -> {
          tx.upsert("items", 1, "A", new BigDecimal("9"), null);
          tx.upsert("items", 3, "A", new BigDecimal("3"), null);
          tx.delete("items", "A", 2);
          tx.delete("items", "A", 77);
          tx.insert("items", 2, "A", new BigDecimal("4"), null);
          tx.insert("items", 5, "B", new BigDecimal("5"), null);
          tx.delete("items", "B", 5);
        });
    assertThat(done.step()).isEqualTo(before + 1);
    assertThat(done.rows()).isEqualTo(6);
    assertThat(items())
        .containsExactly(
            "{shop=A, id=1, price=9.00}",
            "{shop=A, id=2, price=4.00}",
            "{shop=A, id=3, price=3.00}");
  }

  @Test
  void findsRowsByTheirWholeKey() {
    assertThat(db.find("items", "A", 2).orElseThrow().decimal("price")).isEqualByComparingTo("2.5");
    assertThat(db.find("items", "B", 2)).isEmpty();
    fails(() -> db.find("items", 2), ErrorCode.REQUEST_INVALID, "shop", "id");
  }

  @Test
  void throwsAllAwayWhenTheBodyFails() {
    List<String> before = items();
    assertThatThrownBy(() ->
            db.transaction(tx -> {
              tx.delete("items", "A", 1);
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");
    assertThat(items()).isEqualTo(before);
    db.execute("DELETE FROM items"); // the next writer gets in
    assertThat(items()).isEmpty();
  }

  @Test
  void throwsAllAwayWhenOneRowIsRefused() {
    List<String> before = items();
    fails(
        () ->
            db.transaction(tx -> {
              tx.delete("items", "A", 1);
              tx.insert("items", 2, "A", BigDecimal.ONE, null);
            }),
        ErrorCode.ALREADY_EXISTS,
        "shop = A, id = 2");
    fails(
        () -> db.transaction(tx -> tx.insert("items", 3, "A", null, null)),
        ErrorCode.CONTRACT_VIOLATED,
        "price",
        "NOT NULL");
    fails(
        () -> db.transaction(tx -> tx.insert("items", null, "A", BigDecimal.ONE, null)),
        ErrorCode.CONTRACT_VIOLATED,
        "id",
        "key");
    fails(
        () -> db.transaction(tx -> tx.insert("items", 3, "A", BigDecimal.ONE, 128)),
        ErrorCode.VALUE_INVALID,
        "size",
        "TINYINT",
        "128",
        "outside -128 to 127");
    fails(
        () -> db.transaction(tx -> tx.insert("items", 3, "A", "cheap", null)),
        ErrorCode.VALUE_INVALID,
        "price",
        "DECIMAL(6, 2)");
    fails(
        () -> db.transaction(tx -> tx.insert("items", 3, "A")),
        ErrorCode.REQUEST_INVALID,
        "2",
        "4");
    fails(() -> db.transaction(tx -> tx.insert("nothing", 3)), ErrorCode.NOT_FOUND, "nothing");
    assertThat(items()).isEqualTo(before);
  }

  @Test
  void aRefusedRowLeavesTheTransactionUsable() {
    try (Transaction tx = db.begin()) {
      fails(
          () -> tx.insert("items", 3, "A", BigDecimal.ONE, 1000), ErrorCode.VALUE_INVALID, "size");
      tx.insert("items", 4, "A", BigDecimal.ONE, 1);
      assertThat(tx.commit().rows()).isEqualTo(1);
    }
    assertThat(db.find("items", "A", 4)).isPresent();
    assertThat(db.find("items", "A", 3)).isEmpty();
  }

  @Test
  void statementsSeeTheStateBefore() {
    try (Transaction tx = db.begin()) {
      tx.insert("items", 3, "A", BigDecimal.TEN, null);
      assertThat(tx.query("SELECT id FROM items").rowCount()).isEqualTo(2);
      assertThat(tx.execute("UPDATE items SET price = price + 1")).isEqualTo(2);
      tx.commit();
    }
    assertThat(items())
        .containsExactly(
            "{shop=A, id=1, price=2.50}",
            "{shop=A, id=2, price=3.50}",
            "{shop=A, id=3, price=10.00}");
  }

  @Test
  void aStatementNeverLosesAnEarlierChange() {
    try (Transaction tx = db.begin()) {
      tx.execute("UPDATE items SET price = price + 1 WHERE id = 1");
      tx.execute("UPDATE items SET price = price + 1 WHERE id = 2");
      fails(
          () -> tx.execute("UPDATE items SET price = price + 1 WHERE id = 1"),
          ErrorCode.REQUEST_INVALID,
          "shop = A, id = 1",
          "before the transaction");
    }
  }

  @Test
  void closingThrowsAway() {
    List<String> before = items();
    try (Transaction tx = db.begin()) {
      tx.delete("items", "A", 1);
    }
    assertThat(items()).isEqualTo(before);
  }

  @Test
  void isNotUsedAfterItsEnd() {
    Transaction tx = db.begin();
    tx.commit();
    fails(tx::commit, ErrorCode.REQUEST_INVALID, "committed or closed");
    fails(() -> tx.delete("items", "A", 1), ErrorCode.REQUEST_INVALID, "committed or closed");
    tx.close();
  }

  @Test
  void otherWritersWaitAndTellWhy() {
    try (Transaction tx = db.begin()) {
      tx.delete("items", "A", 1);
      assertThatThrownBy(
              () -> CompletableFuture.runAsync(() -> db.execute("DELETE FROM items")).join())
          .hasMessageContaining("another writer did not end");
      assertThatThrownBy(() -> CompletableFuture.runAsync(tx::commit).join())
          .hasMessageContaining("belongs to the thread");
      fails(() -> db.execute("DELETE FROM items"), ErrorCode.REQUEST_INVALID, "inside of");
      fails(db::begin, ErrorCode.REQUEST_INVALID, "inside of");
      tx.commit();
    }
    assertThat(items()).containsExactly("{shop=A, id=2, price=2.50}");
  }

  @Test
  void aTransactionWithoutEffectMakesNoStep() {
    long before = db.step();
    assertThat(db.transaction(tx -> tx.delete("items", "Z", 9)))
        .isEqualTo(new WriteResult(before, 0));
    assertThat(db.step()).isEqualTo(before);
  }
}
