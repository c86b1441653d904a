package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectorErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "S0001; Login failed for user 'me'.; SOURCE_MISCONFIGURED",
        "72000; ORA-01017: invalid username/password; SOURCE_MISCONFIGURED",
        "08S01; The TCP/IP connection to the host db, port 1433 has failed.; SOURCE_UNREACHABLE",
        "HY000; Exception opening socket; SOURCE_UNREACHABLE",
        "S0002; Invalid object name 'cdc.change_tables'.; SOURCE_FAILED",
        "HY000; starting at A, but this is no longer available on the server; SOURCE_POSITION_LOST",
        "HY000; the resume point may no longer be in the oplog; SOURCE_POSITION_LOST"
      })
  void saysWhatAFailureMeans(String state, String message, ErrorCode code) {
    SQLException cause = new SQLException(message, state);
    FreshetException error =
        ConnectorErrors.of("capture", "the server", new IllegalStateException("It ended", cause));
    assertThat(error.code()).isEqualTo(code);
    assertThat(error).hasMessageContaining("the server").hasMessageContaining(message);
  }
}
