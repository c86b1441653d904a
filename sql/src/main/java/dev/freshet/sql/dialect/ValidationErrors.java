package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SourceText.Span;
import dev.freshet.sql.error.SqlException;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlNode;

/** Says in our own words what the validator found. */
final class ValidationErrors {
  private ValidationErrors() {}

  static SqlException translate(
      CalciteContextException e, SourceText source, Catalog catalog, SqlNode query) {
    Span span =
        e.getPosLine() < 1
            ? Span.START
            : new Span(e.getPosLine(), e.getPosColumn(), e.getEndPosLine(), e.getEndPosColumn());
    Throwable cause = e.getCause();
    String message = String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    return new SqlException(ErrorCode.SQL_INVALID, "Invalid SQL: " + message, source, span);
  }

  static SqlException translate(CalciteException e, SourceText source) {
    return new SqlException(
        ErrorCode.SQL_INVALID, "Invalid SQL: " + e.getMessage(), source, Span.START);
  }
}
