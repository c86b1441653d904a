package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.type.DataType.Simple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Functions of regular expressions. A constant pattern is compiled with the expression. */
final class RegexKernels {
  private static final int NULL = 0;
  private static final int VALUE = 1;

  private RegexKernels() {}

  /** (text, regex); the empty regex matches nothing, as in Flink. */
  static Kernel matches(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.booleans((call, row) ->
              regexes.applyToFirst(call, row, 0, matcher -> isEmpty(matcher) ? 0 : 1) == 1)
          .apply(x);
    };
  }

  private static boolean isEmpty(Matcher matcher) {
    return matcher.pattern().pattern().isEmpty();
  }

  /** (text, regex, group): NULL too for a group that the regex does not have. */
  static Kernel extract(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.bytes((call, row, out) ->
              regexes.applyToFirst(call, row, NULL, matcher -> extract(call, row, matcher, out))
                  == VALUE)
          .apply(x);
    };
  }

  private static int group(Arguments x, int row) {
    long group = x.size() > 2 ? x.longs(2)[row & x.mask(2)] : 0;
    return group < 0 || group > Integer.MAX_VALUE ? -1 : (int) group;
  }

  private static int extract(Arguments x, int row, Matcher matcher, BytesOutput out) {
    int group = group(x, row);
    if (group < 0 || group > matcher.groupCount()) {
      return NULL;
    }
    String found = matcher.group(group);
    if (found == null) {
      return NULL;
    }
    out.append(found.getBytes(StandardCharsets.UTF_8));
    return VALUE;
  }

  /** (text, regex, group) -> the group of every match; NULL for a group that is not there. */
  static Kernel extractAll(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.bytes((call, row, out) ->
              regexes.apply(call, row, VALUE, matcher -> extractAll(call, row, matcher, out))
                  == VALUE)
          .apply(x);
    };
  }

  private static int extractAll(Arguments x, int row, Matcher matcher, BytesOutput out) {
    int group = group(x, row);
    if (group < 0 || group > matcher.groupCount()) {
      return NULL;
    }
    List<@Nullable String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(group));
    }
    out.append(ArrayCodec.encode(Simple.VARCHAR, found));
    return VALUE;
  }

  /** (text, regex, replacement): every match; the replacement is taken as it is, as in Flink. */
  static Kernel replace(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.bytes((call, row, out) ->
              regexes.apply(call, row, VALUE, matcher -> replace(call, row, matcher, out)) == VALUE)
          .apply(x);
    };
  }

  private static int replace(Arguments x, int row, Matcher matcher, BytesOutput out) {
    String replacement = Matcher.quoteReplacement(x.bytes(2).text(row & x.mask(2)));
    StringBuilder result = new StringBuilder();
    while (matcher.find() && result.length() <= BytesOutput.MAX_ROW_BYTES) {
      matcher.appendReplacement(result, replacement);
    }
    matcher.appendTail(result);
    out.append(result.toString().getBytes(StandardCharsets.UTF_8));
    return VALUE;
  }

  /** (text, regex) -> how many matches there are. */
  static Kernel count(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.longs((call, row) -> regexes.apply(call, row, 0, RegexKernels::count))
          .apply(x);
    };
  }

  private static int count(Matcher matcher) {
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  /** (text, regex) -> where the first match begins, in code points from 1; 0 for none. */
  static Kernel position(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      return RowKernels.longs((call, row) ->
              regexes.apply(
                  call,
                  row,
                  0,
                  matcher ->
                      matcher.find()
                          ? call.bytes(0)
                                  .text(row & call.mask(0))
                                  .codePointCount(0, matcher.start())
                              + 1
                          : 0))
          .apply(x);
    };
  }
}
