package dev.freshet.files;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowDecoder;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.format.FileRows;
import dev.freshet.files.format.RowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows of one table's files, by its contract. Immutable; safe for all threads. */
final class TableDecoder {
  private final Contract contract;
  private final RowDecoder decoder;

  TableDecoder(Contract contract, UnknownFields unknown) {
    this.contract = contract;
    this.decoder = new RowDecoder(contract, unknown, "file", FileRows.BATCH_ROWS);
  }

  /** The table's columns, in their order. */
  List<String> columns() {
    return contract.schema().names();
  }

  /**
   * @param path of the file, for the reasons of refused rows
   * @throws FileProblem when the batch cannot be cut into rows, or too many do not fit
   */
  TableChanges decode(String path, RowBatch batch) {
    byte[] text = batch.text();
    ByteBudget budget = new BatchBudget();
    try {
      DecodedRows rows =
          batch.dialect().isPresent()
              ? decoder.decodeCsv(
                  batch.dialect().get(), RowChange.UPSERT, text, text.length, budget)
              : decoder.decode(
                  batch.format(), Map.of(), RowChange.UPSERT, text, text.length, budget);
      return placed(path, batch, rows);
    } catch (FreshetException e) {
      throw FileProblem.corrupt(
          "behind " + batch.unit() + " " + (batch.places()[0] - 1) + ": " + e.getMessage());
    }
  }

  /** The reasons with the places of their rows. */
  private static TableChanges placed(String path, RowBatch batch, DecodedRows rows) {
    TableChanges changes = rows.changes();
    if (rows.refused().isEmpty()) {
      return changes;
    }
    List<RejectedRow> rejected = new ArrayList<>(rows.refused().size());
    for (int i = 0; i < rows.refused().size(); i++) {
      RefusedRow row = rows.refused().get(i);
      RejectedRow original = changes.rejected().get(i);
      String reason =
          path + ", " + batch.unit() + " " + batch.places()[row.index()] + ": " + row.reason();
      rejected.add(new RejectedRow(original.operation(), original.original(), reason));
    }
    return with(changes, rejected);
  }

  private static TableChanges with(TableChanges changes, List<RejectedRow> rejected) {
    return new TableChanges(
        changes.table(),
        changes.schemaVersion(),
        changes.keyColumns(),
        changes.operations(),
        changes.rows(),
        changes.missing(),
        changes.beforeRow(),
        changes.before(),
        rejected);
  }

  /** A whole file, or the rest of one, that was not read, as a row that was refused. */
  TableChanges refusedFile(FileIdentity file, String reason) {
    StringBuilder original = new StringBuilder("{\"file\":");
    JsonText.appendText(original, file.path());
    original.append(",\"bytes\":").append(file.bytes()).append('}');
    return with(
        TableChanges.inserts(
            contract.table(), Batch.empty(contract.schema()), contract.keyColumns()),
        List.of(
            contract.masking().isEmpty()
                ? new RejectedRow(
                    Operation.INSERT, original.toString(), file.path() + ": " + reason)
                : RejectedRow.withoutValues(
                    Operation.INSERT,
                    file.path()
                        + ", "
                        + file.bytes()
                        + " bytes: it, or its rest, was not read; why is not kept, since the table"
                        + " has masks")));
  }
}
