package dev.freshet.runtime.verify;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.hash.Part;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.engine.hash.StateHash.WeightedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of a running process, asked over HTTP ({@code /v1/state}, which answers an element a
 * line).
 *
 * @param ask takes a path with its parameters, and returns the answer's body
 * @param relations as of the first answer
 * @param origins what the process runs, as of then
 */
record RunningState(UnaryOperator<String> ask, At<Map<String, Hashes>> relations, Origins origins)
    implements LiveState {
  private static final String HASH = "\\{\"rows\":(-?\\d+),\"hash\":\"([0-9a-f]+)\"}";
  private static final Pattern STEP = Pattern.compile("\\{\"step\":(\\d+),");
  private static final Pattern RELATION =
      Pattern.compile(
          "\\{\"name\":\"([^\"]+)\",\"content\":"
              + HASH
              + ",\"errors\":"
              + HASH
              + "(?:,\"definition\":\"([^\"]*)\")?(?:,\"since\":(\\d+))?},?");
  private static final Pattern PART = Pattern.compile(HASH + ",?");
  private static final Pattern ROW = Pattern.compile("\\{\"weight\":(-?\\d+),\"row\":(.*)},?");

  @Override
  public String text() {
    return "the running process";
  }

  static RunningState of(UnaryOperator<String> ask) {
    Answer answer = answer(ask, "/v1/state");
    Map<String, Hashes> hashes = new LinkedHashMap<>();
    Map<String, String> definitions = new HashMap<>();
    Map<String, Long> since = new HashMap<>();
    for (Matcher each : answer.elements(RELATION)) {
      String name = each.group(1);
      hashes.put(name, new Hashes(hash(each, 2), hash(each, 4)));
      if (each.group(6) != null) {
        definitions.put(name, each.group(6));
      }
      if (each.group(7) != null) {
        since.put(name, Long.parseLong(each.group(7)));
      }
    }
    return new RunningState(ask, new At<>(answer.step(), hashes), new Origins(definitions, since));
  }

  boolean hasRows(String relation) {
    Hashes hashes = relations.value().get(relation);
    return hashes != null && hashes.content().rows() != 0;
  }

  @Override
  public At<List<StateHash>> parts(String relation, RowKind kind, int count) {
    Answer answer = answer(ask, path(relation, "", kind) + "&parts=" + count);
    return new At<>(
        answer.step(), answer.elements(PART).stream().map(each -> hash(each, 1)).toList());
  }

  @Override
  public At<List<WeightedText>> rows(String relation, RowKind kind, Part part) {
    Answer answer =
        answer(
            ask,
            path(relation, "/rows", kind) + "&parts=" + part.count() + "&part=" + part.index());
    return new At<>(
        answer.step(),
        answer.elements(ROW).stream()
            .map(each -> new WeightedText(Long.parseLong(each.group(1)), each.group(2)))
            .toList());
  }

  private static String path(String relation, String what, RowKind kind) {
    return "/v1/state/" + relation + what + "?kind=" + kind.name().toLowerCase(Locale.ROOT);
  }

  private static StateHash hash(Matcher match, int group) {
    return new StateHash(Long.parseLong(match.group(group)), match.group(group + 1));
  }

  private static Answer answer(UnaryOperator<String> ask, String path) {
    List<String> lines = ask.apply(path).lines().toList();
    Matcher step = STEP.matcher(lines.isEmpty() ? "" : lines.getFirst());
    if (!step.lookingAt() || lines.size() < 2) {
      throw unknown(path);
    }
    return new Answer(path, Long.parseLong(step.group(1)), lines.subList(1, lines.size() - 1));
  }

  private record Answer(String path, long step, List<String> lines) {
    List<Matcher> elements(Pattern pattern) {
      List<Matcher> found = new ArrayList<>();
      for (String line : lines) {
        Matcher match = pattern.matcher(line);
        if (match.matches()) {
          found.add(match);
        } else if (!line.isEmpty()) {
          throw unknown(path);
        }
      }
      return found;
    }
  }

  private static FreshetException unknown(String path) {
    return new FreshetException(
        ErrorCode.FORMAT_UNKNOWN,
        "Cannot read what the running process answers to "
            + path
            + ". Use the Freshet that runs the project.");
  }
}
