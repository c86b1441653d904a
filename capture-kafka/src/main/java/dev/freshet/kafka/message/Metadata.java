package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.Utf8;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Columns that a table may have beside those of the values: where a message lies, and its bytes.
 * Immutable; safe for all threads.
 */
public final class Metadata {
  private static final String TOPIC = "kafka_topic";
  private static final String PARTITION = "kafka_partition";
  private static final String OFFSET = "kafka_offset";
  private static final String TIMESTAMP = "kafka_timestamp";
  private static final String KEY = "kafka_key";
  private static final String VALUE = "kafka_value";
  private static final String HEADERS = "kafka_headers";

  /** What stands around the name and the value of a header. */
  private static final int HEADER_BYTES = 64;

  /** The most that one character of a text becomes in JSON. */
  private static final int ESCAPED_BYTES = 6;

  private static final Map<String, List<DataType>> TYPES =
      Map.of(
          TOPIC, List.of(Simple.VARCHAR),
          PARTITION, List.of(Simple.INTEGER),
          OFFSET, List.of(Simple.BIGINT),
          TIMESTAMP, List.of(Simple.TIMESTAMP_LTZ),
          KEY, List.of(Simple.BINARY, Simple.VARCHAR),
          VALUE, List.of(Simple.BINARY, Simple.VARCHAR),
          HEADERS, List.of(Simple.JSON));

  private final List<Column> columns;
  private final int[] indexes;

  public Metadata(Contract contract) {
    List<Column> found = new ArrayList<>();
    for (Column column : contract.schema().columns()) {
      if (TYPES.containsKey(column.name())) {
        found.add(column);
      }
    }
    this.columns = List.copyOf(found);
    this.indexes =
        columns.stream().mapToInt(column -> contract.schema().indexOf(column.name())).toArray();
  }

  /** The columns of a raw table that has no contract. */
  public static Schema rawSchema() {
    return Schema.of(
        Column.notNull(TOPIC, Simple.VARCHAR),
        Column.notNull(PARTITION, Simple.INTEGER),
        Column.notNull(OFFSET, Simple.BIGINT),
        Column.notNull(TIMESTAMP, Simple.TIMESTAMP_LTZ),
        Column.nullable(KEY, Simple.BINARY),
        Column.nullable(VALUE, Simple.BINARY),
        Column.notNull(HEADERS, Simple.JSON));
  }

  /**
   * What is wrong with the columns of a contract, a line each.
   *
   * @param isRaw whether it may have no other columns
   */
  public static List<String> problems(Contract contract, boolean isRaw) {
    List<String> problems = new ArrayList<>();
    for (Column column : contract.schema().columns()) {
      List<DataType> types = TYPES.get(column.name());
      if (types != null && !types.contains(column.type())) {
        problems.add(
            "column "
                + column.name()
                + " is "
                + column.type().sql()
                + "; it can be "
                + String.join(" or ", types.stream().map(DataType::sql).toList()));
      } else if (types == null && isRaw) {
        problems.add(
            "column "
                + column.name()
                + " is none of a raw message's: "
                + String.join(", ", rawSchema().names()));
      }
    }
    return problems;
  }

  /** Fills those of the columns that the row has no value for yet. */
  void fill(RowsBuilder rows, ConsumerRecord<byte[], byte[]> message) {
    for (int i = 0; i < indexes.length; i++) {
      int index = indexes[i];
      if (!rows.isFilled(index)) {
        rows.fills(index);
        try {
          append(rows.column(index), columns.get(i), message);
        } catch (CellProblem e) {
          rows.failed(index, e);
        }
      }
    }
  }

  /** Bytes of what it fills the columns of one row with, at most; numbers aside. */
  long textBytes(ConsumerRecord<byte[], byte[]> message) {
    long bytes = 0;
    for (Column column : columns) {
      bytes +=
          switch (column.name()) {
            case TOPIC -> message.topic().length();
            case KEY -> Originals.length(message.key());
            case VALUE -> Originals.length(message.value());
            case HEADERS -> headersBytes(message);
            default -> 0;
          };
    }
    return bytes;
  }

  private static long headersBytes(ConsumerRecord<byte[], byte[]> message) {
    long bytes = 2;
    for (Header header : message.headers()) {
      bytes += HEADER_BYTES;
      bytes += (long) ESCAPED_BYTES * header.key().length();
      bytes += (long) Originals.BYTES_FACTOR * Originals.length(header.value());
    }
    return bytes;
  }

  private static void append(
      VectorBuilder out, Column column, ConsumerRecord<byte[], byte[]> message) {
    switch (column.name()) {
      case TOPIC -> Values.appendText(out, message.topic());
      case PARTITION -> out.appendLong(message.partition());
      case OFFSET -> out.appendLong(message.offset());
      case TIMESTAMP -> out.appendLong(message.timestamp() * 1_000);
      case KEY -> bytes(out, column.type(), message.key());
      case VALUE -> bytes(out, column.type(), message.value());
      case HEADERS -> headers(out, message);
      default -> out.appendNull();
    }
  }

  private static void bytes(VectorBuilder out, DataType type, byte @Nullable [] bytes) {
    if (bytes == null) {
      out.appendNull();
      return;
    }
    if (type == Simple.VARCHAR && Utf8.firstInvalid(bytes, 0, bytes.length) >= 0) {
      throw CellProblem.value("its bytes are no UTF-8; make the column VARBINARY");
    }
    out.appendBytes(bytes, 0, bytes.length);
  }

  private static void headers(VectorBuilder out, ConsumerRecord<byte[], byte[]> message) {
    StringBuilder text = new StringBuilder("[");
    for (Header header : message.headers()) {
      text.append(text.length() == 1 ? "" : ",").append("{\"name\":");
      JsonText.appendText(text, header.key());
      text.append(",\"value\":");
      Originals.append(text, header.value());
      text.append('}');
    }
    byte[] json = text.append(']').toString().getBytes(StandardCharsets.UTF_8);
    out.appendBytes(json, 0, json.length);
  }
}
