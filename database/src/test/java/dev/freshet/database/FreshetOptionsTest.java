package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreshetOptionsTest {
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 101})
  void refusesANumberOfCheckpointsThatCannotBeKept(int keep) {
    assertThatThrownBy(() -> FreshetOptions.DEFAULT.withCheckpointKeep(keep))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID))
        .hasMessage("Invalid number of checkpoints to keep: " + keep + ". Give 1 to 100.");
  }

  @Test
  void takesTheMostAndTheLeast() {
    assertThat(FreshetOptions.DEFAULT.withCheckpointKeep(1).checkpointKeep()).isEqualTo(1);
    assertThat(FreshetOptions.DEFAULT.withCheckpointKeep(100).checkpointKeep()).isEqualTo(100);
  }
}
