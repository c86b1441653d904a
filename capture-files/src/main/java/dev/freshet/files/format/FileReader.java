package dev.freshet.files.format;

import dev.freshet.files.store.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Opens files of any format. */
public final class FileReader {
  private static final int HEAD_BYTES = 4;

  private FileReader() {}

  /** What the last bytes of a file are. */
  public enum Tail {
    /** The end of its last row. */
    CLOSED,
    /** Perhaps the beginning of a row that is not written yet: only whole rows are read. */
    OPEN
  }

  /**
   * What to read.
   *
   * @param name the file's, by whose ending its format is told
   * @param end only the bytes before it are read
   * @param tail what the last bytes are
   * @param columns of the table; empty when nothing is known of them
   * @param style of its text, where it was read before
   * @param place from which rows are read
   */
  public record Request(
      String name,
      long end,
      Tail tail,
      FormatSettings settings,
      List<String> columns,
      Optional<CsvStyle> style,
      Place place) {
    public Request {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Opens the rows of a file, which stays the caller's to close.
   *
   * @throws FileProblem when it is no file of its format, or ends too early
   */
  public static FileRows open(OpenFile file, Request request) {
    FileFormat format =
        request
            .settings()
            .formatOf(request.name())
            .orElseThrow(() -> FileProblem.corrupt("nothing tells its format"));
    byte[] head = new byte[HEAD_BYTES];
    int length = file.read(0, head, 0, (int) Math.min(HEAD_BYTES, request.end()));
    Compression compression = Compression.of(head, length);
    return switch (format) {
      case CSV, JSON_LINES, JSON -> text(file, request, format, compression);
      case PARQUET, AVRO -> {
        if (compression != Compression.NONE) {
          throw FileProblem.corrupt(
              format.text() + " compresses itself: unpack the file, and move it here");
        }
        yield format == FileFormat.PARQUET
            ? ParquetRows.open(file, request.end(), request.place())
            : AvroRows.open(file, request.end(), request.place());
      }
    };
  }

  private static FileRows text(
      OpenFile file, Request request, FileFormat format, Compression compression) {
    Compression said = Compression.ofName(request.name());
    if (said != Compression.NONE && compression != said) {
      throw request.end() < HEAD_BYTES
          ? FileProblem.incomplete("its name says that it is compressed, and it has no head")
          : FileProblem.corrupt("its name says that it is compressed, and it is not so");
    }
    try {
      InputStream unpacked = compression.read(file.stream(request.end()));
      return TextRows.open(
          unpacked,
          format,
          request.settings(),
          request.columns(),
          request.style(),
          request.tail(),
          request.place());
    } catch (EOFException e) {
      throw FileProblem.incomplete("it ends in the middle of its compressed data", e);
    } catch (IOException e) {
      throw FileProblem.corrupt("its compressed data is damaged: " + e.getMessage(), e);
    }
  }

  /** Whether a file may grow, and what was added be read alone. */
  public static boolean mayGrow(FormatSettings settings, String name) {
    return settings.formatOf(name).filter(FileFormat::isLines).isPresent()
        && Compression.ofName(name) == Compression.NONE;
  }
}
