package dev.freshet.sql.statement;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Keep;
import dev.freshet.sql.error.Tokens;
import dev.freshet.sql.error.Tokens.Token;
import java.util.ArrayList;
import java.util.List;

/** The options of a definition: {@code WITH ('name' = 'value', ...)}. */
final class Options {
  private Options() {}

  record Option(String name, String value, Token place) {}

  /** The options that come next; none when there is no WITH. */
  static List<Option> read(TokenReader tokens) {
    List<Option> options = new ArrayList<>();
    if (!tokens.take("WITH")) {
      return options;
    }
    tokens.expect("(");
    do {
      Token place = tokens.peek();
      String name = word(tokens, "an option's name");
      tokens.expect("=");
      options.add(new Option(name, word(tokens, "the option's value in single quotes"), place));
    } while (tokens.take(","));
    tokens.expect(")");
    return options;
  }

  /** The value of the option {@code keep}. */
  static Keep keep(TokenReader tokens, Option option) {
    return Keep.parse(option.value())
        .orElseThrow(
            () -> tokens.error(ErrorCode.SQL_INVALID, "keep is 'all' or 'none'.", option.place()));
  }

  private static String word(TokenReader tokens, String what) {
    return tokens.peek().kind() == Tokens.Kind.TEXT ? tokens.text(what) : tokens.name(what);
  }
}
