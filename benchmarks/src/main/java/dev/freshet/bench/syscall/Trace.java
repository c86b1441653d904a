package dev.freshet.bench.syscall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What strace wrote:
 *
 * <pre>
 * 4711 1780000000.123456 fsync(5&lt;/disk/db/log/0000.log&gt;) = -1 EIO (Input/output error) (INJECTED)
 * 4711 1780000000.123456 fsync(5&lt;/disk/db/log/0000.log&gt; &lt;unfinished ...&gt;
 * 4711 1780000000.223456 &lt;... fsync resumed&gt;) = -1 EIO (Input/output error) (INJECTED)
 * </pre>
 */
final class Trace {
  private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+)\\.(\\d{6}) (.*)");
  private static final Pattern PATH = Pattern.compile("[<\"](/[^>\"]*)[>\"]");
  private static final String INJECTED = "(INJECTED)";

  private Trace() {}

  /**
   * A call that went wrong.
   *
   * @param micros when it began, by the machine's clock
   * @param path of the file; empty when the line does not tell
   */
  record Hit(long micros, String path) {
    boolean isOfLog() {
      return path.contains("/log/");
    }
  }

  /** All calls that went wrong so far. */
  static List<Hit> hits(Path trace) throws IOException {
    List<Hit> hits = new ArrayList<>();
    if (!Files.exists(trace)) {
      return hits;
    }
    Map<String, Hit> unfinished = new HashMap<>();
    for (String text : Files.readString(trace, StandardCharsets.ISO_8859_1).lines().toList()) {
      Matcher line = LINE.matcher(text);
      if (!line.matches()) {
        continue;
      }
      long micros = Long.parseLong(line.group(2)) * 1_000_000 + Long.parseLong(line.group(3));
      Matcher path = PATH.matcher(line.group(4));
      Hit hit = new Hit(micros, path.find() ? path.group(1) : "");
      if (text.contains("<unfinished")) {
        unfinished.put(line.group(1), hit);
      }
      if (text.contains(INJECTED)) {
        Hit begun = unfinished.get(line.group(1));
        hits.add(text.contains("resumed>") && begun != null ? begun : hit);
      }
    }
    return hits;
  }
}
