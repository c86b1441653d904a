package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.lake.catalog.CatalogFile;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.PowerCut;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two mishaps in a row, of which the second meets what the first one left. */
class LakeRecoveryTest {
  private static final LakeOptions OPTIONS = new LakeOptions(2, 2, 100);
  private static final int[] KEY = {0};

  /** More than the syncs of directories in a publish. */
  private static final int SYNCS_MAX = 12;

  private static SimulatedStorage newDisk() {
    return new SimulatedStorage(new SimulatedClock(), new Trace(), 1);
  }

  private static Batch row(long id) {
    return new BatchBuilder(LakeTest.SCHEMA, 1).row(1, id, "n", 1.0).build();
  }

  private static Lake openWithOneStep(Storage storage) {
    Lake lake = Lake.open(storage, new SimulatedClock(), OPTIONS);
    LakeTable table = lake.keyed("gold.t", LakeTest.SCHEMA, KEY);
    lake.stage(1, table, row(1));
    lake.publish(1, Map.of());
    lake.stage(2, table, row(2));
    return lake;
  }

  /** While the publish is taken back, nothing can be read. */
  @Test
  void takesAFailedPublishBackWhenReadsFail() {
    CuttingStorage storage = new CuttingStorage(1);
    Lake lake = openWithOneStep(storage);
    storage.failInSyncOf("lake/gold/t/metadata");
    assertFails(lake, ErrorCode.STORAGE_FAILED);
    storage.heal();
    lake.publish(2, Map.of());

    assertThat(TestRows.of(LakeReader.open(storage), "gold.t"))
        .containsExactlyInAnyOrder("[1, n, 1.0]", "[2, n, 1.0]");
  }

  /** Whether the new catalog lasts is not known: nothing may be built on it, or in its place. */
  @Test
  void looksUpAnUnknownOutcomeBeforeItPublishesMore() {
    CuttingStorage storage = new CuttingStorage(1);
    Lake lake = openWithOneStep(storage);
    storage.failAfterRenameTo(CatalogFile.PATH);
    assertFails(lake, ErrorCode.COMMIT_OUTCOME_UNKNOWN);
    assertThatThrownBy(() -> lake.keyed("gold.u", LakeTest.SCHEMA, KEY))
        .hasMessageContaining("Cannot tell whether step 2 was published");
    assertThat(lake.publishedStep()).isEqualTo(1);
    storage.heal();

    LakeTable other = lake.keyed("gold.u", LakeTest.SCHEMA, KEY);
    assertThat(lake.publishedStep()).isEqualTo(2);
    lake.stage(3, other, row(3));
    lake.publish(3, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t"))
        .containsExactlyInAnyOrder("[1, n, 1.0]", "[2, n, 1.0]");
    assertThat(TestRows.of(LakeReader.open(storage), "gold.u")).containsExactly("[3, n, 1.0]");
  }

  /** A table goes that only the publish of unknown outcome has made. */
  @Test
  void dropsATableWhoseCreationWasNotKnown() {
    CuttingStorage storage = new CuttingStorage(1);
    Lake lake = openWithOneStep(storage);
    lake.stage(2, lake.keyed("gold.u", LakeTest.SCHEMA, KEY), row(2));
    storage.failAfterRenameTo(CatalogFile.PATH);
    assertFails(lake, ErrorCode.COMMIT_OUTCOME_UNKNOWN);
    lake.drop("gold.u");
    storage.heal();
    lake.publish(3, Map.of());

    assertThat(lake.publishedStep()).isEqualTo(3);
    assertThat(LakeReader.open(storage).tableNames()).containsExactly("gold.t");
  }

  private static void assertFails(Lake lake, ErrorCode code) {
    assertThatThrownBy(() -> lake.publish(2, Map.of()))
        .isInstanceOfSatisfying(FreshetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  /**
   * The process is killed when the new catalog has its name, but not durably; the next process
   * deletes what that catalog no longer needs, and then the power fails.
   */
  @Test
  void keepsACatalogThatItRecoveredFrom() {
    SimulatedStorage disk = killedBeforeTheCatalogIsDurable();

    assertThat(Lake.open(disk, new SimulatedClock(), OPTIONS).publishedStep()).isEqualTo(2);
    for (String directory : new String[] {"lake/gold/t/data", "lake/gold/t/metadata"}) {
      disk.syncDirectory(directory); // as an operating system may do at any time
    }
    disk.crash(() -> 0); // of what is not durable nothing remains

    LakeReader reader = LakeReader.open(disk);
    assertThat(reader.step()).isEqualTo(2);
    assertThat(TestRows.of(reader, "gold.u")).containsExactly("[2, n, 1.0]");
  }

  private static SimulatedStorage killedBeforeTheCatalogIsDurable() {
    for (int sync = 1; sync <= SYNCS_MAX; sync++) {
      SimulatedStorage disk = newDisk();
      Lake lake = openWithOneStep(disk);
      lake.drop("gold.t");
      lake.stage(2, lake.keyed("gold.u", LakeTest.SCHEMA, KEY), row(2));
      disk.cutPower(Call.SYNC_DIRECTORY, sync);
      assertThatThrownBy(() -> lake.publish(2, Map.of())).isInstanceOf(PowerCut.class);
      disk.kill();
      if (CatalogFile.read(disk).step() == 2) {
        return disk;
      }
    }
    throw new AssertionError("no sync of a directory follows the catalog's rename");
  }
}
