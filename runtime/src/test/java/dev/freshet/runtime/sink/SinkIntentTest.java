package dev.freshet.runtime.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import org.junit.jupiter.api.Test;

class SinkIntentTest {
  private static final String PATH = "sinks/s/position";
  private static final SinkIntent BEFORE = new SinkIntent("r", new SinkPosition("g", 5), 5);
  private static final SinkIntent BEGUN = new SinkIntent("r", new SinkPosition("g", 5), 8);
  private static final int CUTS = 50;

  /**
   * Else the receiver is sent what was begun, since that is read, and after the cut other steps.
   */
  @Test
  void whatIsReadAfterAFailedWriteOutlastsAPowerCut() {
    for (int cut = 0; cut < CUTS; cut++) {
      SimulatedStorage storage = new SimulatedStorage(new SimulatedClock(), new Trace(), cut);
      storage.createDirectories("sinks/s");
      storage.syncDirectory("sinks");
      storage.syncDirectory("");
      BEFORE.write(storage, PATH);
      storage.failCall(Call.SYNC_DIRECTORY, 1, Fault.IO_ERROR);
      assertThatThrownBy(() -> BEGUN.write(storage, PATH)).isInstanceOf(FreshetException.class);
      assertThat(SinkIntent.read(storage, PATH)).contains(BEGUN);
      storage.crash(new Draws(cut).random());
      assertThat(SinkIntent.read(storage, PATH)).as("cut " + cut).contains(BEGUN);
    }
  }
}
