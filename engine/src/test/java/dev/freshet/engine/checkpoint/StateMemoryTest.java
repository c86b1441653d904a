package dev.freshet.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.workers.Workers;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateMemoryTest {
  private static final Schema SCHEMA = Schema.of(Column.notNull("id", Simple.BIGINT));
  private static final RowOrder ORDER = RowOrder.byKey(SCHEMA, 0);
  private static final int CHAINS = 40;
  private static final int ROWS = 500;

  private final SimulatedStorage storage =
      new SimulatedStorage(new SimulatedClock(), new Trace(), 1);

  private static RunList state(boolean sorted) {
    List<Chain> chains = new ArrayList<>();
    for (long chain = 0; chain < CHAINS; chain++) {
      BatchBuilder rows = new BatchBuilder(SCHEMA, ROWS);
      for (long row = 0; row < ROWS; row++) {
        rows.row(1, chain * ROWS + row);
      }
      chains.add(
          sorted ? Chain.of(Run.of(ORDER, rows.build())) : Chain.unsorted(ORDER, rows.build()));
    }
    return RunList.of(ORDER, chains);
  }

  /** What is brought together from disk does not come into memory for good. */
  @Test
  void whatIsCompactedLiesOnDiskToo() {
    storage.createDirectories("c");
    StateMemory memory = StateMemory.of(storage, "c", 3_000, 1);
    RunList state = state(true);
    memory.enforce(sink -> sink.accept(state), List.of());
    RunList compacted = state.compacted();
    assertThat(compacted.chains()).hasSize(1);
    assertThat(compacted.storedRows()).isEqualTo(CHAINS * ROWS);
    assertThat(compacted.spilledBytes()).isGreaterThan(compacted.storedRows() * Long.BYTES);
    assertThat(compacted.scan().rowCount()).isEqualTo(CHAINS * ROWS);
  }

  /** An interrupt closes the file that a thread writes to. */
  @Test
  void writesOnAfterAnInterruptedWrite(@TempDir Path directory) {
    LocalStorage disk = new LocalStorage(directory);
    Run rows = state(true).merged();
    try (StateMemory memory = StateMemory.of(disk, "c", 3_000, 1)) {
      assertThat(memory.write(ORDER, rows)).isPresent();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> memory.write(ORDER, rows)).isInstanceOf(FreshetException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(memory.write(ORDER, rows).orElseThrow().read().rowCount())
          .isEqualTo(rows.rowCount());
    }
  }

  /** How many of the chains are in memory, as new state is, after a restore. */
  private long readAtOnce(RunList state, long partBytes) {
    CheckpointDirectory.openToWrite(storage, "c")
        .write(1, 0, new byte[0], Map.of("f", List.of(state)), 1);
    StateMemory memory = StateMemory.of(storage, "c", 3 * partBytes, 1);
    return CheckpointDirectory.open(storage, "c", memory, Workers.NONE)
        .find("f", List.of(ORDER))
        .orElseThrow()
        .getFirst()
        .chains()
        .stream()
        .filter(StateMemoryTest::isNew)
        .count();
  }

  private static boolean isNew(Chain chain) {
    return chain.isSorted()
        ? chain.pieces().stream().noneMatch(Piece::isSpilled)
        : chain.residentBytes() > 0;
  }

  @Test
  void readsAtOnceWhatThereIsRoomFor() {
    for (boolean sorted : new boolean[] {true, false}) {
      RunList state = state(sorted);
      long bytes = state.bytes();
      assertThat(readAtOnce(state, bytes + bytes / 4)).as("sorted: %s", sorted).isEqualTo(CHAINS);
      assertThat(readAtOnce(state, bytes / 8)).as("sorted: %s", sorted).isLessThan(CHAINS / 2);
    }
  }

  /** What a long merge makes counts from step to step, though no state holds it yet. */
  @Test
  void whatMergesMakeStaysWithinTheBudget() {
    storage.createDirectories("c");
    List<Piece> made =
        state(true).chains().stream().flatMap(chain -> chain.pieces().stream()).toList();
    long partBytes = 4 * made.getFirst().bytes();
    StateMemory memory = StateMemory.of(storage, "c", 3 * partBytes, 1);
    for (Piece piece : made) {
      if (!memory.takes(ORDER, piece)) {
        piece.spillTo(ORDER, memory);
      }
      memory.enforce(_ -> {}, List.of());
      assertThat(made.stream().filter(each -> !each.isSpilled()).mapToLong(Piece::bytes).sum())
          .as("of them, those that came so far")
          .isLessThanOrEqualTo(partBytes + restBytes(made, piece));
    }
    assertThat(made.stream().filter(Piece::isSpilled)).hasSizeGreaterThan(CHAINS / 2);
  }

  private static long restBytes(List<Piece> made, Piece last) {
    return made.subList(made.indexOf(last) + 1, made.size()).stream().mapToLong(Piece::bytes).sum();
  }
}
