package dev.freshet.files.format;

import dev.freshet.capture.rows.CsvDialect;
import dev.freshet.files.format.CsvStyle.Header;
import dev.freshet.files.format.FileReader.Tail;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of a file that is text. One thread owns it. */
final class TextRows implements FileRows {
  private final TextInput input;
  private final Cutter cutter;
  private final Optional<CsvStyle> style;
  private final Tail tail;
  private long row;
  private long line;

  private TextRows(
      TextInput input, Cutter cutter, Optional<CsvStyle> style, Tail tail, Place place) {
    this.input = input;
    this.tail = tail;
    this.cutter = cutter;
    this.style = style;
    this.row = place.row();
    this.line = place.line();
  }

  /**
   * @param in unpacked
   * @param columns of the table, by which a first line with names is known; empty when nothing is
   *     known of them
   * @param known the file's style, where it was read before
   */
  static TextRows open(
      InputStream in,
      FileFormat format,
      FormatSettings settings,
      List<String> columns,
      Optional<CsvStyle> known,
      Tail tail,
      Place place) {
    TextInput input = new TextInput(in);
    try {
      return open(input, format, settings, columns, known, tail, place);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private static TextRows open(
      TextInput input,
      FileFormat format,
      FormatSettings settings,
      List<String> columns,
      Optional<CsvStyle> known,
      Tail tail,
      Place place) {
    input.readSample();
    requireUtf8(input);
    input.pass(TextInput.markLength(input.bytes(), input.to()));
    if (format == FileFormat.CSV) {
      CsvStyle style = known.orElseGet(() -> settings.style(input.bytes(), input.to(), columns));
      return csv(input, style, columns, tail, place);
    }
    Cutter cutter = format == FileFormat.JSON_LINES ? new JsonLinesCutter() : json(input);
    TextRows rows = new TextRows(input, cutter, Optional.empty(), tail, place);
    input.skipTo(place.offset());
    return rows;
  }

  private static void requireUtf8(TextInput input) {
    byte[] bytes = input.bytes();
    int first = input.to() > 1 ? (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF) : 0;
    if (first == 0xFEFF || first == 0xFFFE) {
      throw FileProblem.corrupt("it is UTF-16; save it as UTF-8");
    }
  }

  private static TextRows csv(
      TextInput input, CsvStyle style, List<String> columns, Tail tail, Place place) {
    CsvDialect bare = new CsvDialect(style.delimiter(), style.quote(), List.of());
    CsvCutter first = new CsvCutter(bare);
    TextRows lines = new TextRows(input, first, Optional.of(style), tail, Place.START);
    Optional<List<String>> fields = lines.firstFields(bare);
    List<String> names =
        style.header() == Header.NAMES
            ? columnNames(fields.orElse(List.of()), columns)
            : columns.subList(0, Math.min(columns.size(), fields.map(List::size).orElse(0)));
    if (style.header() == Header.NAMES) {
      lines.passRow();
    }
    Place start = place.offset() > 0 ? place : new Place(0, input.offset(), lines.line);
    input.skipTo(start.offset());
    Cutter cutter = names.isEmpty() ? first : new CsvCutter(bare.withNames(names));
    return new TextRows(input, cutter, Optional.of(style), tail, start);
  }

  /** As the table spells its columns, where that differs in upper and lower case alone. */
  private static List<String> columnNames(List<String> first, List<String> columns) {
    Map<String, String> spelt = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> spelt.merge(column, column, (_, _) -> "")); // both are columns
    return first.stream()
        .map(name -> {
          String column = spelt.getOrDefault(name, "");
          boolean isOther = columns.contains(name) || column.isEmpty() || first.contains(column);
          return isOther ? name : column;
        })
        .toList();
  }

  /** The fields of the first line that is not blank, which stays. */
  private Optional<List<String>> firstFields(CsvDialect dialect) {
    int end = rowEnd();
    while (end > input.from() && cutter.isBlank(input.bytes(), input.from(), end)) {
      passTo(end);
      end = rowEnd();
    }
    return end == input.from()
        ? Optional.empty()
        : Optional.of(
            CsvFields.of(input.bytes(), input.from(), end, dialect.delimiter(), dialect.quote()));
  }

  private void passRow() {
    passTo(rowEnd());
  }

  private static JsonCutter.Form form(byte first) {
    return first == '[' ? JsonCutter.Form.ARRAY : JsonCutter.Form.SEQUENCE;
  }

  /** An array; else objects, which stand in lines of their own if the first of them does. */
  private static Cutter json(TextInput input) {
    byte[] bytes = input.bytes();
    int start = input.from();
    while (start < input.to() && bytes[start] <= ' ' && bytes[start] >= 0) {
      start++;
    }
    if (start == input.to()) {
      return new JsonLinesCutter();
    }
    if (form(bytes[start]) == JsonCutter.Form.ARRAY) {
      input.pass(start + 1);
      return new JsonCutter(JsonCutter.Form.ARRAY);
    }
    int lineEnd = start;
    while (lineEnd < input.to() && bytes[lineEnd] != '\n') {
      lineEnd++;
    }
    try {
      int end =
          new JsonCutter(JsonCutter.Form.SEQUENCE)
              .end(bytes, start, Math.min(lineEnd + 1, input.to()), true);
      return end > lineEnd || end == input.to()
          ? new JsonLinesCutter()
          : new JsonCutter(JsonCutter.Form.SEQUENCE);
    } catch (FileProblem e) {
      return new JsonCutter(JsonCutter.Form.SEQUENCE);
    }
  }

  /**
   * Where the next row ends, once it is whole in the window; where it begins when there is none.
   */
  private int rowEnd() {
    while (true) {
      if (input.from() == input.to() && input.isEnd() && isNothingOpen()) {
        return input.from();
      }
      int end = end(input.from());
      if (end >= 0) {
        return end;
      }
      if (input.isEnd()) {
        return input.from(); // the rest is no whole row yet
      }
      input.fill();
    }
  }

  private boolean isNothingOpen() {
    return !(cutter instanceof JsonCutter) || end(input.from()) >= 0;
  }

  private int end(int from) {
    try {
      boolean isEnd = input.isEnd() && tail == Tail.CLOSED;
      return cutter.end(input.bytes(), from, input.to(), isEnd);
    } catch (FileProblem e) {
      long at = line + 1 + lines(input.bytes(), input.from(), from);
      String reason = "line " + at + ": " + e.reason();
      throw e.kind() == FileProblem.Kind.INCOMPLETE
          ? FileProblem.incomplete(reason)
          : FileProblem.corrupt(reason);
    }
  }

  private void passTo(int end) {
    line += lines(input.bytes(), input.from(), end);
    input.pass(end);
  }

  /** Line ends: {@code \n}, {@code \r\n}, and {@code \r} alone. */
  private static long lines(byte[] bytes, int from, int to) {
    long count = 0;
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\n' || (bytes[at] == '\r' && (at + 1 == to || bytes[at + 1] != '\n'))) {
        count++;
      }
    }
    return count;
  }

  @Override
  public Optional<RowBatch> next() {
    int end = rowEnd();
    int start = input.from();
    long[] places = new long[64];
    int count = 0;
    long currentLine = line;
    int at = start;
    while (end > at) {
      if (!cutter.isBlank(input.bytes(), at, end)) {
        places = count == places.length ? Arrays.copyOf(places, count * 2) : places;
        places[count++] = currentLine + 1 + lines(input.bytes(), at, rowStart(at, end));
      }
      currentLine += lines(input.bytes(), at, end);
      at = end;
      if (count == BATCH_ROWS || at - start >= BATCH_BYTES || at == input.to()) {
        break;
      }
      end = end(at);
    }
    if (count == 0) {
      boolean isDone = at == start;
      line = currentLine;
      input.pass(at);
      return isDone ? Optional.empty() : next();
    }
    byte[] text = cutter.text(input.bytes(), start, at);
    line = currentLine;
    input.pass(at);
    row += count;
    return Optional.of(
        new RowBatch(
            cutter.format(),
            cutter.dialect(),
            text,
            Arrays.copyOf(places, count),
            "line",
            new Place(row, input.offset(), line)));
  }

  /** Where a row begins behind the space before it. */
  private int rowStart(int from, int end) {
    int at = from;
    while (at < end
        && (input.bytes()[at] == '\n' || input.bytes()[at] == '\r' || input.bytes()[at] == ' ')) {
      at++;
    }
    return at;
  }

  @Override
  public List<String> names() {
    return cutter.dialect().map(CsvDialect::names).orElse(List.of());
  }

  @Override
  public Optional<CsvStyle> style() {
    return style;
  }

  @Override
  public void close() {
    input.close();
  }
}
