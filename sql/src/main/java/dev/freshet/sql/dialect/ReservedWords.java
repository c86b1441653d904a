package dev.freshet.sql.dialect;

import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParser;

/** The words that SQL keeps for itself. */
public final class ReservedWords {
  private ReservedWords() {}

  /** Whether a name that is this word, in whatever case, has to stand in double quotes. */
  public static boolean contains(String word) {
    SqlAbstractParserImpl.Metadata metadata = SqlParser.create("", Frontend.PARSER).getMetadata();
    Set<String> tokens = Set.copyOf(metadata.getTokens());
    String upper = word.toUpperCase(Locale.ROOT);
    return tokens.contains(upper) && metadata.isReservedWord(upper);
  }
}
