package dev.freshet.sql.dialect;

import dev.freshet.sql.error.SourceText.Span;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The parser's positions to ours. */
public final class Positions {
  private Positions() {}

  public static Span span(SqlNode node) {
    return span(node.getParserPosition());
  }

  static Span span(SqlParserPos position) {
    if (position.getLineNum() < 1) {
      return Span.START;
    }
    return new Span(
        position.getLineNum(),
        Math.max(1, position.getColumnNum()),
        position.getEndLineNum(),
        Math.max(1, position.getEndColumnNum()));
  }
}
