package dev.freshet.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.testing.property.Property;
import dev.freshet.testing.simulation.SimulatedStorage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random lives of a log on the simulated disk, with crashes and faults. */
class LogSimulationTest {
  private static final int CASES = 400;

  @Test
  void keepsEveryAcknowledgedRecordThroughCrashesAndFaults() {
    Property.of("acknowledged records survive", CASES)
        .checkActions(
            LogSimulation.Action::draw,
            (seed, actions) -> new LogSimulation(seed, SimulatedStorage.Syncs.WORK).run(actions));
  }

  @Test
  void runsTheSameForTheSameSeed() {
    Property.of("same seed, same trace", 20)
        .checkActions(LogSimulation.Action::draw, LogSimulationTest::assertSameTrace);
  }

  private static void assertSameTrace(long seed, List<LogSimulation.Action> actions) {
    long first = new LogSimulation(seed, SimulatedStorage.Syncs.WORK).run(actions);
    long second = new LogSimulation(seed, SimulatedStorage.Syncs.WORK).run(actions);
    assertThat(second).isEqualTo(first);
  }

  /** The planted error: records are acknowledged although no sync happened. */
  @Test
  void noticesALogThatAcknowledgesTooEarly() {
    Property property = Property.of("planted error", CASES);
    assertThatThrownBy(() ->
            property.checkActions(
                LogSimulation.Action::draw,
                (seed, actions) ->
                    new LogSimulation(seed, SimulatedStorage.Syncs.LIE).run(actions)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("replay with -Dfreshet.seed=");
  }
}
