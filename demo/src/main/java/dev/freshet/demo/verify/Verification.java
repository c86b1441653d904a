package dev.freshet.demo.verify;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Compares all that Freshet holds with what PostgreSQL answers to the same questions.
 *
 * <p>Both must be at the same position: stop the workload, take the server's write-ahead log
 * position from {@link #position}, wait until Freshet has reached it, then verify. Memory stays
 * bounded however many rows there are.
 */
public final class Verification {
  private Verification() {}

  /** The server's current write-ahead log position, as an unsigned number. */
  public static long position(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
      rows.next();
      return rows.getBigDecimal(1).longValue();
    }
  }

  /**
   * Asks both sides all questions.
   *
   * @param connection is used for this alone; its transaction is rolled back in the end
   * @throws FreshetException {@link ErrorCode#SQL_INVALID} if PostgreSQL cannot answer a model's
   *     query, {@link ErrorCode#SOURCE_FAILED} if it fails
   */
  public static VerificationReport verify(
      Connection connection, ContentSource freshet, List<Question> questions) {
    try (PostgresAnswers postgres = PostgresAnswers.open(connection, questions)) {
      List<Comparison> comparisons = new ArrayList<>();
      for (Question question : questions) {
        comparisons.add(compare(postgres, freshet, question));
      }
      return new VerificationReport(comparisons);
    } catch (SQLException e) {
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED, "Failed to verify with PostgreSQL: " + e.getMessage(), e);
    }
  }

  private static Comparison compare(
      PostgresAnswers postgres, ContentSource freshet, Question question) throws SQLException {
    List<String> here = freshet.columns(question.name());
    List<String> there = postgres.columns(question);
    if (!new TreeSet<>(here).equals(new TreeSet<>(there))) {
      return new Comparison(
          question.kind(),
          question.name(),
          new Side(0, 0),
          new Side(0, 0),
          List.of("columns in Freshet: " + here, "columns in PostgreSQL: " + there));
    }
    int[] hereOrder = Digest.positions(here, here);
    int[] thereOrder = Digest.positions(there, here);
    Digest hereDigest = new Digest();
    freshet.forEachRow(question.name(), row -> hereDigest.add(row, hereOrder));
    Digest thereDigest = new Digest();
    postgres.forEachRow(question, row -> thereDigest.add(row, thereOrder));
    boolean equal = hereDigest.side().equals(thereDigest.side());
    return new Comparison(
        question.kind(),
        question.name(),
        hereDigest.side(),
        thereDigest.side(),
        equal ? List.of() : new Differences(postgres, freshet, question, here, there).find());
  }
}
