package dev.freshet.kafka.avro;

import dev.freshet.capture.http.BinaryBodies;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.budget.DecodeBudget;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.avro.Schema;

/**
 * Rows in an object container file of Avro (specification 1.12, "Object Container Files"), as the
 * body of a request: its own schema stands in it. Safe for all threads.
 *
 * <pre>
 * "Obj" 1 | metadata: a map of texts to bytes | 16 bytes of a mark
 * block:    rows, bytes | the rows, packed by the codec | the mark        any number of times
 * </pre>
 */
public final class AvroContainer implements BinaryBodies.Decoder {
  private static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int MARK_BYTES = 16;
  private static final int ROWS_EXPECTED = 1_024;

  /** What is kept of the refused rows of one body. */
  private static final int ORIGINALS_BYTES_MAX = 4 << 20;

  private final Contract contract;
  private final TableFields fields;
  private final int bytesMax;

  /** As {@link BinaryBodies#decoder} says. */
  public AvroContainer(Contract contract, UnknownFields unknown, int bytesMax) {
    this.contract = contract;
    this.fields = new TableFields(contract, unknown);
    this.bytesMax = bytesMax;
  }

  @Override
  public DecodedRows decode(RowChange usual, byte[] body, int length, BinaryBodies.Room room) {
    RowsBuilder rows = new RowsBuilder(contract, usual, ROWS_EXPECTED);
    try {
      new Reading(body, length, room).read(rows);
    } catch (CellProblem e) {
      throw invalid(e.reason());
    }
    return rows.build();
  }

  private static FreshetException invalid(String why) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot read the body as an Avro container file: "
            + why
            + ". Send what Avro's DataFileWriter writes, with the schema in it.");
  }

  /** One body. One thread owns it. */
  private final class Reading {
    private final byte[] body;
    private final int length;
    private final BinaryBodies.Room room;

    /** One for all blocks: there may be as many as the body has bytes. */
    private final DecodeBudget budget;

    /** What is kept of refused rows, as they came, counts for itself: it must refuse no others. */
    private final DecodeBudget originalsBudget;

    private final AvroCursor in;
    private final AvroCursor values;
    private final AvroCursor originals;
    private int mark;
    private String schemaText = "";
    private String codec = "null";
    private int unpackedBytes;
    private long originalsBytes;

    Reading(byte[] body, int length, BinaryBodies.Room room) {
      this.body = body;
      this.length = length;
      this.room = room;
      this.budget =
          DecodeBudget.ofBody(
              bytesMax, _ -> tooLong("from which texts and arrays of more than %d bytes come"));
      this.originalsBudget =
          DecodeBudget.ofBody(
              Math.min(bytesMax, ORIGINALS_BYTES_MAX),
              max -> CellProblem.value("rows of more than " + max + " bytes were refused"));
      this.in = new AvroCursor(budget);
      this.originals = new AvroCursor(originalsBudget);
      this.values = new AvroCursor(budget);
      addBytes(length);
      in.reset(body, 0, length);
    }

    private void addBytes(int bytes) {
      budget.addBytes(bytes);
      originalsBudget.addBytes(bytes);
    }

    void read(RowsBuilder rows) {
      if (length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        throw invalid("it does not begin with Obj and 1");
      }
      in.pass(MAGIC.length);
      metadata();
      mark = in.pass(MARK_BYTES);
      Schema schema = schema();
      AvroRecord record = new AvroRecord(schema, fields);
      while (in.at() < length) {
        block(rows, record, schema);
      }
    }

    private void metadata() {
      for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
        for (long i = 0; i < count; i++) {
          String name = AvroJson.text(in, in.readLength());
          int bytes = in.readLength();
          if (name.equals("avro.schema")) {
            schemaText = AvroJson.text(in, bytes);
          } else if (name.equals("avro.codec")) {
            codec = AvroJson.text(in, bytes);
          } else {
            in.pass(bytes);
          }
        }
      }
      if (!codec.equals("null") && !codec.equals("deflate")) {
        throw invalid(
            "it is packed by the codec "
                + codec
                + ", and null and deflate are read. Or pack the whole body, with"
                + " Content-Encoding: gzip");
      }
    }

    private Schema schema() {
      if (schemaText.isEmpty()) {
        throw invalid("its metadata has no avro.schema");
      }
      Schema schema;
      try {
        schema = AvroSchemas.parse(List.of(), schemaText);
      } catch (CellProblem e) {
        throw invalid("its schema " + e.reason());
      }
      if (schema.getType() != Schema.Type.RECORD) {
        throw invalid("it holds no records but values of type " + schema.getType().getName());
      }
      return schema;
    }

    private void block(RowsBuilder rows, AvroRecord record, Schema schema) {
      long count = in.readLong();
      int bytes = in.readLength();
      int start = in.pass(bytes);
      int end = in.pass(MARK_BYTES);
      if (!Arrays.equals(body, end, end + MARK_BYTES, body, mark, mark + MARK_BYTES)) {
        throw invalid("a block does not end with the file's mark");
      }
      if (codec.equals("null")) {
        reset(body, start, start + bytes);
      } else {
        byte[] unpacked = inflate(start, bytes);
        reset(unpacked, 0, unpacked.length);
      }
      for (long i = 0; i < count; i++) {
        row(rows, record, schema);
      }
      values.requireEnd();
    }

    private void reset(byte[] bytes, int start, int end) {
      values.reset(bytes, start, end);
      originals.reset(bytes, start, end);
    }

    private void row(RowsBuilder rows, AvroRecord record, Schema schema) {
      int start = values.at();
      rows.begin();
      record.fill(rows, values);
      rows.end(() -> original(start, schema));
      reserve(budget.made() + originalsBytes);
    }

    /** The row that begins there, unless much was kept of rows before it. */
    private String original(int start, Schema schema) {
      StringBuilder json = new StringBuilder();
      originals.moveTo(start);
      try {
        AvroJson.write(json, schema, originals);
      } catch (CellProblem e) {
        return RejectedRow.LEFT_OUT;
      }
      originalsBytes += json.length();
      return json.toString();
    }

    /** What comes of a body takes room like one that came so long. */
    private void reserve(long bytes) {
      room.reserve(Math.max(0, bytes - length));
    }

    private byte[] inflate(int start, int bytes) {
      int left = bytesMax - unpackedBytes;
      int first = (int) Math.min(bytes * 4L + 64, left + 1L);
      reserve(unpackedBytes + Math.min(first, left));
      byte[] unpacked = new byte[first];
      int count = 0;
      try (Inflater inflater = new Inflater(true)) {
        inflater.setInput(body, start, bytes);
        while (!inflater.finished()) {
          if (count == unpacked.length) {
            int larger = (int) Math.min(count * 2L, left + 1L);
            reserve(unpackedBytes + Math.min(larger, left));
            unpacked = Arrays.copyOf(unpacked, larger);
          }
          int more = inflater.inflate(unpacked, count, unpacked.length - count);
          count += more;
          if (count > left) {
            throw tooLong("that is unpacked to more than %d bytes");
          }
          if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
            throw invalid("a block ends in the middle of its packed bytes");
          }
        }
      } catch (DataFormatException e) {
        throw invalid("a block cannot be unpacked: " + e.getMessage());
      }
      unpackedBytes += count;
      addBytes(count);
      return Arrays.copyOf(unpacked, count);
    }

    private FreshetException tooLong(String what) {
      return new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot take a body "
              + what.formatted(bytesMax)
              + ". Send its rows in several requests, or raise max-request-bytes of the"
              + " source.");
    }
  }
}
