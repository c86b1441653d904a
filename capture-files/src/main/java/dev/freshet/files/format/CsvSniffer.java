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
        double score = score(records(tried, triedQuote), triedQuote);
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
  private double score(List<List<String>> records, byte quote) {
    if (records.isEmpty()) {
      return 0;
    }
    int first = records.getFirst().size();
    long alike = records.stream().filter(fields -> fields.size() == first).count();
    double share = (double) alike / records.size();
    if (first == 1) {
      return quote == QUOTES[0] ? 0.01 : 0;
    }
    return share + Math.min(first, 50) * 0.001 + likelihood(quote, records.size());
  }

  /**
   * Apostrophes in text are common: the other quote must be seen around fields, and either often or
   * so that lines become much more alike by it.
   */
  private double likelihood(byte quote, int records) {
    if (quote == QUOTES[0]) {
      return 0;
    }
    long uses = usesOf(quote);
    return uses >= 2L * records ? 0.001 : uses >= 2 ? -0.05 : -1;
  }

  private long usesOf(byte quote) {
    long count = 0;
    for (int i = 1; i < length; i++) {
      boolean opens = sample[i] == quote && isAround(sample[i - 1]);
      boolean closes = sample[i - 1] == quote && isAround(sample[i]);
      count += opens || closes ? 1 : 0;
    }
    return count;
  }

  private static boolean isAround(byte b) {
    return b == '\n' || b == '\r' || b == ',' || b == ';' || b == '\t' || b == '|';
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
    if (first.stream().anyMatch(columns::contains)) {
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
