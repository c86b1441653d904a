package dev.freshet.files.format;

import dev.freshet.files.format.CsvStyle.Header;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds out how CSV is written, from its first bytes: the delimiter that cuts most lines into the
 * same number of fields, more than one; the quote that stands around fields.
 */
final class CsvSniffer {
  private static final byte[] DELIMITERS = {',', ';', '\t', '|'};
  private static final byte[] QUOTES = {'"', '\''};
  private static final int RECORDS_MAX = 200;
  private static final Pattern VALUE =
      Pattern.compile("[-+]?[0-9][0-9.,:/ TZ+-]*([eE][-+]?[0-9]+)?");

  private final FormatSettings said;
  private final byte[] sample;
  private final int length;

  CsvSniffer(FormatSettings said, byte[] sample, int length) {
    this.said = said;
    this.sample = sample;
    this.length = length;
  }

  CsvStyle style(List<String> columns) {
    byte delimiter = said.delimiter().orElse(DELIMITERS[0]);
    byte quote = said.quote().orElse(QUOTES[0]);
    double best = -1;
    for (byte triedQuote : said.quote().isPresent() ? new byte[] {quote} : QUOTES) {
      for (byte tried : said.delimiter().isPresent() ? new byte[] {delimiter} : DELIMITERS) {
        double score = score(records(tried, triedQuote), triedQuote, tried);
        if (score > best) {
          best = score;
          delimiter = tried;
          quote = triedQuote;
        }
      }
    }
    List<List<String>> records = records(delimiter, quote);
    return new CsvStyle(delimiter, quote, said.header().orElseGet(() -> header(records, columns)));
  }

  /** How many records have the most frequent number of fields, and a little for more fields. */
  private double score(List<List<String>> records, byte quote, byte delimiter) {
    if (records.isEmpty()) {
      return 0;
    }
    int first = records.getFirst().size();
    long alike = records.stream().filter(fields -> fields.size() == first).count();
    double share = (double) alike / records.size();
    if (first == 1) {
      return quote == QUOTES[0] ? 0.01 : 0;
    }
    return share + Math.min(first, 50) * 0.001 + likelihood(quote, delimiter);
  }

  /**
   * Apostrophes in text are common: the other quote must stand around whole fields, and either the
   * usual one around none, and no line end between two, or lines become much more alike by it.
   */
  private double likelihood(byte quote, byte delimiter) {
    if (quote == QUOTES[0]) {
      return 0;
    }
    Quoted quoted = quoted(delimiter, quote);
    if (quoted.fields() == 0) {
      return -1;
    }
    boolean isPlain = quoted.lines() == 0 && quoted(delimiter, QUOTES[0]).fields() == 0;
    return isPlain ? 0.001 : -0.05;
  }

  /** How many fields begin with a quote, and line ends stand in them. */
  private record Quoted(int fields, int lines) {}

  private Quoted quoted(byte delimiter, byte quote) {
    int fields = 0;
    int lines = 0;
    boolean isFirst = true;
    int at = TextInput.markLength(sample, length);
    while (at < length) {
      if (isFirst && sample[at] == quote) {
        fields++;
        at++;
        while (at < length && !closes(at, quote)) {
          lines += sample[at] == '\n' ? 1 : 0;
          at += sample[at] == quote ? 2 : 1; // a doubled one
        }
        isFirst = false;
      } else {
        isFirst = sample[at] == delimiter || sample[at] == '\n' || sample[at] == '\r';
      }
      at++;
    }
    return new Quoted(fields, lines);
  }

  private boolean closes(int at, byte quote) {
    return sample[at] == quote && (at + 1 >= length || sample[at + 1] != quote);
  }

  /** The first records, without one that the sample cuts. */
  private List<List<String>> records(byte delimiter, byte quote) {
    List<List<String>> records = new ArrayList<>();
    int at = TextInput.markLength(sample, length);
    try {
      while (at < length && records.size() < RECORDS_MAX) {
        int end = CsvFields.recordEnd(sample, at, length, false, delimiter, quote);
        if (end < 0) {
          break;
        }
        add(records, at, end, delimiter, quote);
        at = end;
      }
      if (records.isEmpty() && at < length) {
        add(records, at, length, delimiter, quote); // a single line without its end
      }
    } catch (FileProblem e) {
      return quote == QUOTES[0] ? records : List.of(); // this is not how it is written
    }
    return records;
  }

  private void add(List<List<String>> records, int from, int to, byte delimiter, byte quote) {
    boolean isBlank = sample[from] == '\n' || sample[from] == '\r';
    if (!isBlank) {
      records.add(CsvFields.of(sample, from, to, delimiter, quote));
    }
  }

  /**
   * The first line names columns when one of its fields is the name of one; where nothing is known
   * of columns, when all of its fields are different texts that are no values.
   */
  private static Header header(List<List<String>> records, List<String> columns) {
    if (records.isEmpty()) {
      return Header.NAMES;
    }
    List<String> first = records.getFirst();
    if (first.stream().anyMatch(name -> columns.stream().anyMatch(name::equalsIgnoreCase))) {
      return Header.NAMES;
    }
    boolean areNames =
        new HashSet<>(first).size() == first.size() && first.stream().allMatch(CsvSniffer::isName);
    boolean secondHasValue =
        records.size() < 2 || !records.get(1).stream().allMatch(CsvSniffer::isName);
    return areNames && (columns.isEmpty() || secondHasValue) ? Header.NAMES : Header.ROW;
  }

  private static boolean isName(String field) {
    String lower = field.strip().toLowerCase(Locale.ROOT);
    return !lower.isEmpty()
        && !lower.equals("true")
        && !lower.equals("false")
        && !VALUE.matcher(field.strip()).matches();
  }
}
