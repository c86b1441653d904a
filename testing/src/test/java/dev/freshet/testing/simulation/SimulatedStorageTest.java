package dev.freshet.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatedStorageTest {
  private final SimulatedClock clock = new SimulatedClock();

  private SimulatedStorage storage() {
    SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
    storage.createDirectories("d");
    return storage;
  }

  private static void write(Storage.File file, long position, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    file.write(position, bytes, 0, bytes.length);
  }

  private static String read(Storage storage, String path) {
    return new String(storage.readAll(path), StandardCharsets.UTF_8);
  }

  @Test
  void keepsWhatWasSyncedThroughAnyCrash() {
    for (int seed = 0; seed < 50; seed++) {
      SimulatedStorage storage = storage();
      Storage.File file = storage.create("d/a");
      write(file, 0, "durable");
      file.sync();
      storage.syncDirectory("d");
      write(file, 7, " volatile");
      storage.crash(new SplittableRandom(seed));
      assertThat(read(storage, "d/a")).startsWith("durable");
    }
  }

  @Test
  void losesKeepsAndTearsWhatWasNotSynced() {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 400; seed++) {
      SimulatedStorage storage = storage();
      Storage.File file = storage.create("d/a");
      storage.syncDirectory("d");
      byte[] sectors = new byte[3 * Inode.SECTOR];
      Arrays.fill(sectors, (byte) 'x');
      file.write(0, sectors, 0, sectors.length);
      storage.crash(new SplittableRandom(seed));
      String found = read(storage, "d/a");
      outcomes.add(outcome(found, sectors.length));
    }
    assertThat(outcomes).containsExactlyInAnyOrder("lost", "whole", "prefix", "zeros", "holes");
  }

  private static String outcome(String found, int written) {
    boolean zeros = found.indexOf(0) >= 0;
    boolean data = found.indexOf('x') >= 0;
    if (zeros) {
      return data ? "holes" : "zeros";
    }
    return found.isEmpty() ? "lost" : found.length() == written ? "whole" : "prefix";
  }

  @Test
  void losesNamesThatWereNotSynced() {
    Set<Boolean> survived = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      SimulatedStorage storage = storage();
      try (Storage.File file = storage.create("d/a")) {
        file.sync();
      }
      storage.crash(new SplittableRandom(seed));
      survived.add(storage.exists("d/a"));
    }
    assertThat(survived).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void replacesAFileAtomicallyThroughAnyCrash() {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      SimulatedStorage storage = storage();
      storage.writeAtomically("d/a", "old".getBytes(StandardCharsets.UTF_8));
      storage.failCall(1 + seed % 7, Fault.IO_ERROR);
      try {
        storage.writeAtomically("d/a", "new".getBytes(StandardCharsets.UTF_8));
      } catch (FreshetException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED);
      }
      storage.crash(new SplittableRandom(seed));
      outcomes.add(read(storage, "d/a"));
    }
    assertThat(outcomes).containsExactlyInAnyOrder("old", "new");
  }

  @Test
  void keepsNamesInTheOrderTheyWereMade() {
    for (int seed = 0; seed < 100; seed++) {
      SimulatedStorage storage = storage();
      for (String name : new String[] {"a", "b", "c"}) {
        storage.create("d/" + name).close();
      }
      storage.crash(new SplittableRandom(seed));
      assertThat(String.join("", storage.list("d"))).isIn("", "a", "ab", "abc");
    }
  }

  @Test
  void killsHandlesAndLocksButNoDataWhenTheProcessDies() {
    SimulatedStorage storage = storage();
    Storage.Lock lock = storage.lock("d");
    assertThatThrownBy(() -> storage.lock("d")).hasMessageContaining("locked");
    Storage.File file = storage.create("d/a");
    write(file, 0, "cached");
    storage.kill();
    assertThatThrownBy(file::sync).hasMessageContaining("died");
    storage.lock("d");
    lock.close(); // of the dead process: frees nothing
    assertThatThrownBy(() -> storage.lock("d")).hasMessageContaining("locked");
    assertThat(read(storage, "d/a")).isEqualTo("cached");
  }

  /** As Linux does: the next sync succeeds, and the data is gone after a power cut. */
  @Test
  void dropsTheDataOfAFailedSync() {
    SimulatedStorage storage = storage();
    Storage.File file = storage.create("d/a");
    storage.syncDirectory("d");
    write(file, 0, "dropped");
    storage.failCall(1, Fault.IO_ERROR);
    assertThatThrownBy(file::sync).hasMessageContaining("simulated EIO");
    file.sync();
    assertThat(read(storage, "d/a")).isEqualTo("dropped");
    storage.crash(new SplittableRandom(1));
    assertThat(read(storage, "d/a")).isEmpty();
  }

  @Test
  void failsTheCallThatWasAskedFor() {
    SimulatedStorage storage = storage();
    Storage.File file = storage.create("d/a");
    storage.failCall(2, Fault.SHORT_WRITE);
    write(file, 0, "one");
    assertThatThrownBy(() -> write(file, 3, "two")).hasMessageContaining("simulated EIO");
    write(file, 3, "two");
    assertThat(read(storage, "d/a")).isEqualTo("onetwo");
  }

  @Test
  void refusesWritesPastItsCapacity() {
    SimulatedStorage storage = storage();
    storage.limitBytes(10);
    Storage.File file = storage.create("d/a");
    write(file, 0, "12345678");
    assertThat(storage.freeBytes()).isEqualTo(2);
    assertThatThrownBy(() -> write(file, 8, "abc"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
    write(file, 0, "overwrite is fine".substring(0, 8));
  }
}
