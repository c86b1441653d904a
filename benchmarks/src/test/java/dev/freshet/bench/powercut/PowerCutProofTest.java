package dev.freshet.bench.powercut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.core.error.FreshetException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The power cut proof in short, and that it finds what it is there to find. */
class PowerCutProofTest {
  private static final Path EXAMPLE = Path.of("../examples/shop");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("powercut", System.nanoTime(), new PrintStream(out, true));

  @Test
  void losesNothingOverCuts() throws Exception {
    assumeDisksCanBeCut();
    DatabaseCuts cuts = new DatabaseCuts(new Random(tally.seed()), Defect.NONE);
    cuts.run(6, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
    assertThat(cuts.figures().cuts()).isEqualTo(6);
  }

  @Test
  void findsAcknowledgementsWithoutSync() throws Exception {
    assumeDisksCanBeCut();
    new DatabaseCuts(new Random(tally.seed()), Defect.NO_SYNC).run(6, tally);
    assertThat(tally.holds()).isFalse();
    // The file system may have kept the names of the files, and nothing of what is in them.
    assertThat(out.toString())
        .containsPattern(
            "cut \\d+: (acknowledged and lost: |cannot be recovered: STORAGE_DAMAGED)");
  }

  @Test
  void aCutLosesWhatWasNotSyncedAndNothingElse() throws Exception {
    assumeDisksCanBeCut();
    try (CutDisk disk = CutDisk.create(16)) {
      disk.witnessUnsynced();
      assertThat(CutDisk.isCut(disk.root())).as("before").isFalse();
      Path copy = disk.copy();
      assertThat((boolean) disk.look(copy, CutDisk::isCut)).as("a copy").isTrue();
      disk.become(copy);
      assertThat(CutDisk.isCut(disk.root())).as("after").isTrue();
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    assumeDisksCanBeCut();
    Path root;
    try (CutDisk disk = CutDisk.create(16)) {
      root = disk.root();
      assertThat(Files.readString(Path.of("/proc/mounts"))).contains(root.toString());
    }
    assertThat(root.getParent()).doesNotExist();
    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(root.toString());
  }

  /** Cuts that cut nothing off would let anything pass. */
  @Test
  void doesNotCountCutsThatLoseNothing() {
    CutFigures figures = new CutFigures("library");
    figures.acknowledged(100);
    for (int i = 0; i < 8; i++) {
      figures.cut(i > 0, false);
    }
    figures.requireMeaning(tally);
    assertThat(out.toString()).contains("1 of 8 cuts lost nothing of what was not synced");
  }

  /** What cannot run, or was not asked for, keeps nothing else from being shown. */
  @Test
  void cutsAProjectWithoutCutsOfTheLibrary() throws Exception {
    assumeDisksCanBeCut();
    PowerCutProof.run(EXAMPLE, 0, 1, tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void refusesANegativeNumberOfCuts() {
    assertThatThrownBy(() -> new PowerCutProof().run(List.of("--cuts=-1"), tally))
        .isInstanceOf(FreshetException.class)
        .hasMessage("Invalid --cuts: -1; give a number from 0 to 1000000");
  }

  private static void assumeDisksCanBeCut() throws Exception {
    String reason = CutDisk.cannotRun();
    assumeTrue(reason.isEmpty(), reason);
  }
}
