package dev.freshet.contracts.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MasksTest {
  private static final MaskKey KEY = MaskKey.of("a key for tests, of 32 characters");

  private static final Schema RECEIVED =
      Schema.of(
          Column.notNull("ssn", Simple.VARCHAR),
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("email", Simple.VARCHAR),
          Column.notNull("born", Simple.DATE),
          Column.nullable("postcode", Simple.VARCHAR),
          Column.nullable("city", Simple.VARCHAR));

  private static final Masking MASKING =
      new Masking(
          RECEIVED,
          Map.of(
              "ssn", Mask.Plain.DROP,
              "id", Mask.Plain.TOKENIZE,
              "email", Mask.Plain.HASH,
              "born", Mask.Plain.NULL,
              "postcode", new Mask.Truncate(2)));

  private static final Masks MASKS = new Masks(Map.of("people", MASKING), Optional.of(KEY));

  private static final Batch ROWS =
      new BatchBuilder(RECEIVED, 2)
          .row(1, "900-12", 41L, "ann@example.org", LocalDate.of(1990, 2, 3), "D-10115", "Berlin")
          .row(1, "900-13", 42L, "bob@example.org", LocalDate.of(1991, 2, 3), null, null)
          .build();

  @Test
  void tellsTheColumnsThatAreLeft() {
    assertThat(MASKING.masked())
        .isEqualTo(
            Schema.of(
                Column.notNull("id", Simple.BIGINT),
                Column.notNull("email", Simple.VARCHAR),
                Column.nullable("born", Simple.DATE),
                Column.nullable("postcode", Simple.VARCHAR),
                Column.nullable("city", Simple.VARCHAR)));
    assertThat(MASKING.text())
        .isEqualTo("ssn drop, id tokenize, email hash, born null, postcode truncate 2");
  }

  @Test
  void masksEachColumnAndKeepsTheKeysPlace() {
    TableChanges masked = applied(TableChanges.inserts("people", ROWS, 1));

    assertThat(masked.rows().schema()).isEqualTo(MASKING.masked());
    assertThat(masked.keyColumns()).containsExactly(0);
    Object[] row = Values.readRow(masked.rows(), 0);
    assertThat(row[0]).isNotEqualTo(41L);
    assertThat(row[1]).asString().matches("[0-9a-f]{64}");
    assertThat(row).endsWith(null, "D-", "Berlin");
    assertThat(Values.readRow(masked.rows(), 1)).endsWith(null, null, null);
  }

  @Test
  void otherTablesStayAsTheyAre() {
    ChangeSet set = set(TableChanges.inserts("orders", ROWS, 1));

    assertThat(MASKS.apply(set)).isSameAs(set);
  }

  @Test
  void oldRowsAreMaskedAsNewOnes() {
    boolean[][] missing = new boolean[6][];
    java.util.Arrays.fill(missing, Vector.NO_NULLS);
    missing[4] = new boolean[] {true, false};
    TableChanges masked =
        applied(
            new TableChanges(
                "people",
                3,
                new int[] {1},
                new byte[] {Operation.UPDATE.code(), Operation.DELETE.code()},
                ROWS,
                missing,
                new int[] {0, -1},
                ROWS,
                List.of()));

    assertThat(Values.readRow(masked.before(), 0)).isEqualTo(Values.readRow(masked.rows(), 0));
    assertThat(masked.isMissing(3, 0)).isTrue();
    assertThat(masked.isMissing(3, 1)).isFalse();
    assertThat(masked.schemaVersion()).isEqualTo(3);
  }

  @Test
  void aColumnThatTheContractDoesNotNameIsLeftOut() {
    Schema wider =
        Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("email_2", Simple.VARCHAR));
    TableChanges masked =
        applied(
            TableChanges.inserts(
                "people", new BatchBuilder(wider, 1).row(1, 41L, "ann@example.org").build(), 0, 1));

    assertThat(masked.rows().schema().names()).containsExactly("id");
    assertThat(masked.keyColumns()).containsExactly(0);
  }

  @Test
  void aColumnOfATypeThatItsMaskDoesNotTakeIsNullAndKeepsItsType() {
    Schema changed = Schema.of(Column.notNull("email", Simple.JSON));
    TableChanges masked =
        applied(
            TableChanges.inserts(
                "people", new BatchBuilder(changed, 1).row(1, "\"ann@example.org\"").build()));

    assertThat(masked.rows().schema()).isEqualTo(Schema.of(Column.nullable("email", Simple.JSON)));
    assertThat(masked.rows().column(0).isNull(0)).isTrue();
  }

  @Test
  void ofRefusedRowsNothingIsKeptThatMayBeAValue() {
    RejectedRow quoting =
        new RejectedRow(
            Operation.INSERT, "{\"id\":\"x41\"}", "column id is BIGINT: \"x41\" is no number");
    RejectedRow plain = RejectedRow.withoutValues(Operation.DELETE, "column id is NULL");
    TableChanges rows = TableChanges.inserts("people", Batch.empty(RECEIVED), 1);
    TableChanges masked =
        applied(
            new TableChanges(
                rows.table(),
                1,
                rows.keyColumns(),
                rows.operations(),
                rows.rows(),
                rows.missing(),
                rows.beforeRow(),
                rows.before(),
                List.of(quoting, plain)));

    assertThat(masked.rejected().get(0).toString()).doesNotContain("x41");
    assertThat(masked.rejected().get(0).operation()).isEqualTo(Operation.INSERT);
    assertThat(masked.rejected().get(1)).isEqualTo(plain);
  }

  @Test
  void eachMaskTakesSomeTypes() {
    assertThat(Mask.Plain.HASH.masked(Simple.BIGINT)).contains(Simple.VARCHAR);
    assertThat(Mask.Plain.HASH.masked(Simple.DOUBLE)).isEmpty();
    assertThat(Mask.Plain.TOKENIZE.masked(Simple.INTEGER)).contains(Simple.INTEGER);
    assertThat(Mask.Plain.TOKENIZE.masked(Simple.DATE)).isEmpty();
    assertThat(new Mask.Truncate(3).masked(Simple.VARCHAR)).contains(Simple.VARCHAR);
    assertThat(new Mask.Truncate(3).masked(Simple.JSON)).isEmpty();
    assertThat(Mask.Plain.NULL.masked(new DataType.Array(Simple.DATE)))
        .contains(new DataType.Array(Simple.DATE));
  }

  @Test
  void truncateCountsCharactersNotBytes() {
    Beginnings beginnings = new Beginnings(2);

    assertThat(MaskedValues.single(beginnings, Simple.VARCHAR, "Ölçü")).isEqualTo("Öl");
    assertThat(MaskedValues.single(beginnings, Simple.VARCHAR, "😀😀x")).isEqualTo("😀😀");
    assertThat(MaskedValues.single(beginnings, Simple.VARCHAR, "a")).isEqualTo("a");
    assertThat(MaskedValues.single(new Beginnings(0), Simple.VARCHAR, "abc")).isEqualTo("");
    assertThat(MaskedValues.single(beginnings, Simple.VARCHAR, null)).isNull();
  }

  @Test
  void aShortKeyIsRefusedAndNotShown() {
    assertThatThrownBy(() -> MaskKey.of("hunter2"))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("openssl rand")
        .hasMessageNotContaining("hunter2");
    assertThat(KEY.toString()).doesNotContain("tests");
    assertThat(KEY.check()).hasSize(16).isNotEqualTo(MaskKey.of("b".repeat(32)).check());
  }

  private static ChangeSet set(TableChanges changes) {
    return new ChangeSet("s", new byte[] {1}, 2, 3, 4, ChangeSet.Part.LAST, List.of(changes));
  }

  private static TableChanges applied(TableChanges changes) {
    ChangeSet masked = MASKS.apply(set(changes));
    assertThat(masked.position()).containsExactly(1);
    return masked.tables().getFirst();
  }
}
