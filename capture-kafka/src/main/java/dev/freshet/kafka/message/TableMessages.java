package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.JsonRows;
import dev.freshet.capture.rows.LogBytes;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.avro.AvroCursor;
import dev.freshet.kafka.budget.DecodeBudget;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of one table from messages, some at a time: {@link #add} each, then {@link #take}. A
 * message that does not fit is refused with its place and reason, and stops no other. One thread
 * owns it.
 */
public final class TableMessages {
  private static final int EXPECTED_ROWS = 1_024;

  /** Of a refused message besides what it was: its place, and why. */
  private static final int REFUSED_BYTES = 1_000;

  private final Contract contract;
  private final MessageSettings settings;
  private final TableFields fields;
  private final Metadata metadata;
  private final @Nullable AvroRecords records;
  private final @Nullable ProtobufRecords protobuf;
  private final DecodeBudget budget = DecodeBudget.ofMessages();
  private final int rowBytes;
  private RowsBuilder rows;
  private MessageReader reader;
  private @Nullable ConsumerRecord<byte[], byte[]> current;

  /**
   * @param registry of schemas, when the settings need one
   */
  public TableMessages(
      Contract contract, MessageSettings settings, @Nullable SchemaRegistry registry, Clock clock) {
    this.contract = contract;
    this.settings = settings;
    this.fields = new TableFields(contract, settings.unknown());
    this.metadata = new Metadata(contract);
    this.rowBytes = LogBytes.ofRow(contract.schema());
    this.records = registry == null ? null : new AvroRecords(registry, clock, fields);
    this.protobuf =
        registry == null ? null : new ProtobufRecords(registry, clock, fields, settings, budget);
    this.rows = newRows();
    this.reader = newReader();
  }

  public String table() {
    return contract.table();
  }

  /**
   * Adds what a message says.
   *
   * @return bytes that the log has of it at most, which may be far more than it has
   * @throws dev.freshet.core.error.FreshetException when its schema cannot be asked for now; then
   *     nothing of it was added
   */
  public long add(ConsumerRecord<byte[], byte[]> message) {
    current = message;
    long length = Originals.length(message);
    long own = settings.format() == MessageFormat.RAW ? 0 : length; // it has metadata alone
    long metadataBytes = metadata.textBytes(message);
    RowsBuilder.Mark mark = rows.mark();
    try {
      budget.begin(own, metadataBytes);
      reader.read(message);
    } catch (CellProblem e) {
      rows.refuseSince(mark, e, () -> Originals.of(message));
    } catch (SyntaxProblem e) {
      String reason = "its value is no JSON: " + e.what() + " (byte " + (e.at() + 1) + ")";
      CellProblem problem = new CellProblem(ErrorCode.ROW_MALFORMED, reason);
      rows.refuseSince(mark, problem, () -> Originals.of(message));
    } catch (FreshetException e) {
      rows.withdraw(mark);
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // One message that nobody foresaw must not keep the others out.
      CellProblem problem =
          new CellProblem(ErrorCode.ROW_MALFORMED, "it cannot be decoded (" + e + ")");
      rows.refuseSince(mark, problem, () -> Originals.of(message));
    } catch (Error e) {
      rows.withdraw(mark);
      throw e;
    }
    RowsBuilder.Mark now = rows.mark();
    int kept = now.ended() - mark.ended();
    int refused = now.refused() - mark.refused();
    long made = kept == 0 ? 0 : own + budget.made() + kept * (rowBytes + metadataBytes);
    return made + refused * (REFUSED_BYTES + Originals.BYTES_FACTOR * length);
  }

  /** Drops what was added and not taken. */
  public void discard() {
    rows = newRows();
    reader = newReader();
  }

  /** Rows that were added since they were taken last, refused ones too. */
  public int count() {
    return rows.begun();
  }

  /** Whether what was added must be taken before more is. */
  public boolean isFull() {
    return rows.begun() > RowsBuilder.ROWS_MAX - 10
        || rows.refused() > RowsBuilder.REFUSED_MAX - 10;
  }

  /** What was added since the last call. */
  public DecodedRows take() {
    DecodedRows taken = rows.build();
    discard();
    return taken;
  }

  private String place() {
    ConsumerRecord<byte[], byte[]> message = current;
    return message == null
        ? ""
        : "topic "
            + message.topic()
            + ", partition "
            + message.partition()
            + ", offset "
            + message.offset()
            + ": ";
  }

  private RowsBuilder newRows() {
    RowsBuilder builder = new RowsBuilder(contract, RowChange.UPSERT, EXPECTED_ROWS);
    builder.place(this::place);
    return builder;
  }

  private MessageReader newReader() {
    JsonRows json = new JsonRows(fields, rows, budget);
    json.unsent(UnsentJson::passes);
    int[] key = contract.keyColumns();
    KeyReader keys =
        switch (settings.keyFormat()) {
          case JSON -> new JsonKeyReader(rows, json, contract, key);
          case TEXT -> new KeyReaders.Text(rows, contract, key, budget);
          case AVRO -> new AvroKeyReader(rows, avro(), contract, key, new AvroCursor(budget));
          case PROTOBUF -> new ProtobufKeyReader(rows, protobuf(), key);
          case NONE -> KeyReaders.NONE;
        };
    boolean isDebezium = settings.envelope() == Envelope.DEBEZIUM;
    return switch (settings.format()) {
      case RAW -> new RawReader(rows, metadata);
      case AVRO ->
          isDebezium
              ? new DebeziumAvro(rows, avro(), keys, metadata, key, new AvroCursor(budget))
              : new AvroReader(rows, avro(), keys, metadata, new AvroCursor(budget));
      case PROTOBUF -> new ProtobufReader(rows, protobuf(), keys, metadata);
      case JSON -> {
        JsonRows.@Nullable Cell[] declared =
            DebeziumCells.declared(contract.schema(), settings.times());
        json.cells(declared);
        yield isDebezium
            ? new DebeziumJson(rows, json, keys, metadata, contract, declared)
            : new JsonReader(rows, json, keys, metadata);
      }
    };
  }

  private AvroRecords avro() {
    return known(records);
  }

  private ProtobufRecords protobuf() {
    return known(protobuf);
  }

  private static <T> T known(@Nullable T records) {
    Check.that(records != null, "a registry where schemas are asked for");
    return Objects.requireNonNull(records);
  }
}
