package dev.freshet.bench.logictest;

import dev.freshet.bench.logictest.ScriptRecord.Expected;
import dev.freshet.bench.logictest.ScriptRecord.Order;
import dev.freshet.bench.logictest.ScriptRecord.Outcome;
import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.bench.logictest.ScriptRecord.Statement;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a script: records apart by empty lines.
 *
 * <pre>
 * skipif mysql # why                     the next record is not for that system
 * onlyif sqlite                          the next record is for that system only
 * statement ok | error
 * query TYPES [nosort | rowsort | valuesort] [label]
 * SQL, in one line or more
 * ----
 * values, one a line, or: N values hashing to MD5
 * hash-threshold N
 * halt                                   ends the script
 * </pre>
 *
 * <p>Freshet is none of the named systems: {@code onlyif} records are left out and counted, {@code
 * skipif} ones run. One thread owns a reader.
 */
final class ScriptReader {
  private static final Pattern HASH = Pattern.compile("(\\d+) values hashing to ([0-9a-f]{32})");

  private final String path;
  private final BufferedReader lines;
  private int line;
  private int forOthers;

  ScriptReader(String path, BufferedReader lines) {
    this.path = path;
    this.lines = lines;
  }

  /** How many queries were left out because they are for one other system only. */
  int forOthers() {
    return forOthers;
  }

  /** All records that are for Freshet. */
  List<ScriptRecord> read() throws IOException {
    List<ScriptRecord> records = new ArrayList<>();
    List<String> notFor = new ArrayList<>();
    boolean forOther = false;
    for (String head = next(); head != null; head = next()) {
      String[] words = head.strip().split("\\s+");
      switch (words[0]) {
        case "skipif" -> notFor.add(words[1].toLowerCase(Locale.ROOT));
        case "onlyif" -> forOther = true;
        case "statement", "query" -> {
          ScriptRecord record = record(words, notFor);
          if (!forOther) {
            records.add(record);
          } else if (record instanceof Query) {
            forOthers++;
          }
          notFor.clear();
          forOther = false;
        }
        case "halt" -> {
          if (!forOther) {
            return records;
          }
          forOther = false;
        }
        case "", "hash-threshold" -> {
          // Answers say themselves whether they are hashes.
        }
        default -> {
          if (!words[0].startsWith("#")) {
            throw malformed("record " + head);
          }
        }
      }
    }
    return records;
  }

  private ScriptRecord record(String[] words, List<String> notFor) throws IOException {
    int start = line;
    if (words.length < 2) {
      throw malformed("record " + words[0]);
    }
    if (words[0].equals("statement")) {
      Outcome outcome =
          switch (words[1]) {
            case "ok" -> Outcome.OK;
            case "error" -> Outcome.ERROR;
            default -> throw malformed("outcome " + words[1]);
          };
      return new Statement(start, outcome, text());
    }
    StringBuilder sql = new StringBuilder();
    String next = next();
    while (next != null && !next.equals("----") && !next.isBlank()) {
      append(sql, next);
      next = next();
    }
    List<String> values = new ArrayList<>();
    if (next != null && next.equals("----")) {
      for (String value = next(); value != null && !value.isEmpty(); value = next()) {
        values.add(value);
      }
    }
    return new Query(
        start,
        words[1],
        order(words.length > 2 ? words[2] : "nosort"),
        sql.toString(),
        expected(values),
        notFor);
  }

  private Order order(String word) {
    return switch (word) {
      case "nosort" -> Order.AS_ANSWERED;
      case "rowsort" -> Order.ROWS;
      case "valuesort" -> Order.VALUES;
      default -> throw malformed("sort mode " + word);
    };
  }

  private static Expected expected(List<String> values) {
    if (values.size() == 1) {
      Matcher hash = HASH.matcher(values.getFirst());
      if (hash.matches()) {
        return new Expected.Hash(Integer.parseInt(hash.group(1)), hash.group(2));
      }
    }
    return new Expected.Values(values);
  }

  private String text() throws IOException {
    StringBuilder sql = new StringBuilder();
    for (String next = next(); next != null && !next.isBlank(); next = next()) {
      append(sql, next);
    }
    return sql.toString();
  }

  private static void append(StringBuilder sql, String line) {
    if (!sql.isEmpty()) {
      sql.append('\n');
    }
    sql.append(line);
  }

  private @Nullable String next() throws IOException {
    line++;
    return lines.readLine();
  }

  private FreshetException malformed(String what) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID, "Invalid script " + path + ", line " + line + ": " + what);
  }
}
