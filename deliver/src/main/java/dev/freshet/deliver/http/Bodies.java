package dev.freshet.deliver.http;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.deliver.LastChanges;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes as the JSON that is posted. With a key: what is there now of each changed row ({@code
 * upsert}), and the keys that are gone ({@code delete}); without one each row that comes and
 * leaves.
 */
final class Bodies {
  private final SinkInput input;
  private final int rowsMax;

  Bodies(SinkInput input, int rowsMax) {
    this.input = input;
    this.rowsMax = rowsMax;
  }

  /** The changes of a batch as the elements of JSON arrays, none with more than it may have. */
  List<String> changes(Batch batch) {
    List<String> parts = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    int rows = 0;
    List<String> each = input.hasKey() ? byKey(batch) : asTheyCome(batch);
    for (String change : each) {
      out.append(rows == 0 ? "" : ",").append(change);
      rows++;
      if (rows == rowsMax) {
        parts.add(out.toString());
        out.setLength(0);
        rows = 0;
      }
    }
    if (rows > 0) {
      parts.add(out.toString());
    }
    return parts;
  }

  private List<String> byKey(Batch batch) {
    LastChanges last = LastChanges.of(batch, input.keyColumns());
    List<String> changes = new ArrayList<>();
    Batch keys = batch.select(input.keyColumns());
    for (int row : last.deletes()) {
      changes.add(change("delete", keys, row, 1));
    }
    for (int row : last.upserts()) {
      changes.add(change("upsert", batch, row, 1));
    }
    return changes;
  }

  private static List<String> asTheyCome(Batch batch) {
    List<String> changes = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      long weight = batch.weight(row);
      changes.add(change(weight > 0 ? "insert" : "delete", batch, row, Math.abs(weight)));
    }
    return changes;
  }

  private static String change(String operation, Batch batch, int row, long count) {
    StringBuilder out = new StringBuilder(96).append("{\"op\":\"").append(operation).append('"');
    if (count > 1) {
      out.append(",\"count\":").append(count);
    }
    JsonText.appendRow(out.append(",\"row\":"), batch, row);
    return out.append('}').toString();
  }

  /**
   * One request.
   *
   * @param after the step whose changes the receiver has; -1 for rows that replace all it has
   * @param changes of {@link #changes}
   */
  String body(long after, SinkPosition at, int part, boolean isLast, String changes) {
    StringBuilder out = new StringBuilder(changes.length() + 160).append("{\"sink\":");
    JsonText.appendText(out, input.sink());
    JsonText.appendText(out.append(",\"relation\":"), input.relation());
    JsonText.appendText(out.append(",\"generation\":"), at.generation());
    if (after >= 0) {
      out.append(",\"after\":").append(after);
    }
    return out.append(",\"step\":")
        .append(at.step())
        .append(",\"snapshot\":")
        .append(after < 0)
        .append(",\"part\":")
        .append(part)
        .append(",\"last\":")
        .append(isLast)
        .append(",\"changes\":[")
        .append(changes)
        .append("]}")
        .toString();
  }
}
