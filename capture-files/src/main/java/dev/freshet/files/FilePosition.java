package dev.freshet.files;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.format.CsvStyle;
import dev.freshet.files.format.Place;
import java.util.Optional;

/**
 * The position of a source of files in the log: which file, and how far it was read. It stands in
 * the record of the rows, so that both are there after a crash, or neither.
 *
 * <pre>
 *   'f' 1 | number 8 | outcome 1 | table, path: texts | bytes 8 | modified 8 | digested 8
 *   | digest 16 | row 8, offset 8, line 8 | rows in all 8 | refused 8 | ends a line 1
 *   | 0, or delimiter 1, quote 1, header 1
 * </pre>
 *
 * Those of an object begin with {@code 'o'} and have its tag, a text, behind "modified". Older ones
 * begin with {@code 'F'} and are without "digested": it was all bytes.
 *
 * @param number counts the change sets of the source, from 1
 * @param place behind the last row that was delivered
 * @param rowsInAll rows of the file
 * @param refused rows of the file that did not fit, of those before the place
 * @param endsLine whether the last byte that was digested ends a line
 * @param style how its text is written, if it is CSV
 */
record FilePosition(
    long number,
    FileIdentity file,
    Outcome outcome,
    Place place,
    long rowsInAll,
    long refused,
    Ending endsLine,
    Optional<CsvStyle> style) {
  private static final int VERSION = 'f';
  private static final int VERSION_WITH_TAG = 'o';
  private static final int VERSION_WITHOUT_DIGESTED = 'F';

  /** What became of the file. */
  enum Outcome {
    /** More of its rows follow. */
    READING,
    DONE,
    /** None of its rows was delivered, or none behind the part that is digested. */
    QUARANTINED,
    /** It changed, or went, while it was read: the rows behind the place were not delivered. */
    ABANDONED,
    /** Another file had its content before. Never in the log. */
    DUPLICATE
  }

  /** How a file ends. */
  enum Ending {
    WITH_LINE,
    WITHIN_LINE
  }

  /** Of a file none of whose rows was taken. */
  static FilePosition untaken(FileIdentity file) {
    return new FilePosition(
        0, file, Outcome.QUARANTINED, Place.START, 0, 0, Ending.WITHIN_LINE, Optional.empty());
  }

  FilePosition withNumber(long other) {
    return new FilePosition(other, file, outcome, place, rowsInAll, refused, endsLine, style);
  }

  /** The same place in another file, or in the same as it looks now. */
  FilePosition of(FileIdentity other, Outcome became) {
    return new FilePosition(number, other, became, place, rowsInAll, refused, endsLine, style);
  }

  /** Whether it says the same, but for its number. */
  boolean isSamePlace(FilePosition other) {
    return withNumber(other.number).equals(other);
  }

  /** Whether a part of its content is known by its digest. */
  boolean hasTaken() {
    return file.digested() > 0;
  }

  /** Whether all rows of what is digested were delivered. */
  boolean isComplete() {
    return switch (outcome) {
      case DONE, DUPLICATE, QUARANTINED -> true;
      case READING, ABANDONED -> false;
    };
  }

  static FilePosition read(byte[] position) {
    return read(new ByteReader(position, 0, position.length));
  }

  static FilePosition read(ByteReader in) {
    int version = in.readByte();
    if (version != VERSION && version != VERSION_WITH_TAG && version != VERSION_WITHOUT_DIGESTED) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a source of files: it is of format "
              + version
              + ", and this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    long number = in.readLong();
    Outcome outcome = value(Outcome.values(), in.readByte());
    FileIdentity file = file(in, version, outcome);
    Place place = new Place(in.readLong(), in.readLong(), in.readLong());
    long rowsInAll = in.readLong();
    long refused = in.readLong();
    Ending ending = value(Ending.values(), in.readByte());
    int delimiter = in.readByte();
    Optional<CsvStyle> style =
        delimiter == 0
            ? Optional.empty()
            : Optional.of(
                new CsvStyle(
                    (byte) delimiter,
                    (byte) in.readByte(),
                    value(CsvStyle.Header.values(), in.readByte())));
    return new FilePosition(number, file, outcome, place, rowsInAll, refused, ending, style);
  }

  private static FileIdentity file(ByteReader in, int version, Outcome outcome) {
    String table = in.readText();
    String path = in.readText();
    long bytes = in.readLong();
    long modifiedMicros = in.readLong();
    String tag = version == VERSION_WITH_TAG ? in.readText() : "";
    long all = outcome == Outcome.QUARANTINED ? 0 : bytes;
    long digested = version == VERSION_WITHOUT_DIGESTED ? all : in.readLong();
    return new FileIdentity(table, path, bytes, modifiedMicros, tag, digested, Digest.read(in));
  }

  private static <T> T value(T[] values, int ordinal) {
    if (ordinal < 0 || ordinal >= values.length) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot decode the position of a source of files: unknown code " + ordinal + ".");
    }
    return values[ordinal];
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(128 + file.path().length());
    write(out);
    return out.toByteArray();
  }

  void write(ByteWriter out) {
    boolean hasTag = !file.tag().isEmpty();
    out.writeByte(hasTag ? VERSION_WITH_TAG : VERSION);
    out.writeLong(number);
    out.writeByte(outcome.ordinal());
    out.writeText(file.table());
    out.writeText(file.path());
    out.writeLong(file.bytes());
    out.writeLong(file.modifiedMicros());
    if (hasTag) {
      out.writeText(file.tag());
    }
    out.writeLong(file.digested());
    file.digest().write(out);
    out.writeLong(place.row());
    out.writeLong(place.offset());
    out.writeLong(place.line());
    out.writeLong(rowsInAll);
    out.writeLong(refused);
    out.writeByte(endsLine.ordinal());
    out.writeByte(style.map(CsvStyle::delimiter).orElse((byte) 0));
    style.ifPresent(of -> {
      out.writeByte(of.quote());
      out.writeByte(of.header().ordinal());
    });
  }
}
