package dev.freshet.bench.simulate;

import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans what goes wrong in one simulation, and counts what did. One thread owns it. */
final class Adversity {
  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final List<Failure> FAILURES =
      List.of(
          new Failure(Call.WRITE, Fault.IO_ERROR),
          new Failure(Call.WRITE, Fault.SHORT_WRITE),
          new Failure(Call.SYNC, Fault.IO_ERROR),
          new Failure(Call.SYNC_DIRECTORY, Fault.IO_ERROR),
          new Failure(Call.RENAME, Fault.IO_ERROR),
          new Failure(Call.READ, Fault.IO_ERROR));
  private static final List<Call> CUT_CALLS =
      List.of(Call.WRITE, Call.SYNC, Call.SYNC_DIRECTORY, Call.RENAME);
  private static final String MANIFESTS = "engine/manifest-";
  private static final String UNFINISHED = ".tmp";
  private static final String RUNS = "engine/state-";
  private static final long CLOCK_SHIFT_MICROS_MAX = 7_200_000_000L;

  private final Draws draws;
  private final SimulatedStorage storage;
  private final SimulatedClock clock;
  private final Map<Hardship, Long> counts = new EnumMap<>(Hardship.class);
  private final Set<String> damaged = new HashSet<>();
  private Call cutCall = Call.OTHER;
  private long stepsFull;
  private long fullFailures;

  private record Failure(Call call, Fault fault) {}

  Adversity(Draws draws, SimulatedStorage storage, SimulatedClock clock) {
    this.draws = draws;
    this.storage = storage;
    this.clock = clock;
  }

  void count(Hardship hardship) {
    counts.merge(hardship, 1L, Long::sum);
  }

  /** For a start of the system. */
  void planForRecovery() {
    heal();
    switch (draws.weighted(4, 3, 1, 3)) {
      case 0 -> {}
      case 1 -> storage.failCall(Call.READ, draws.between(1, 30), Fault.IO_ERROR);
      case 2 -> storage.failCall(draws.between(1, 400), draws.pick(FAULTS));
      default -> cutPower(List.of(5, 30));
    }
  }

  /** For a life of the system. */
  void planForLife() {
    heal();
    if (draws.chance(0.2)) {
      clock.shiftWall(draws.between(-CLOCK_SHIFT_MICROS_MAX, CLOCK_SHIFT_MICROS_MAX));
      count(Hardship.CLOCK_SET);
    }
    switch (draws.weighted(1, 1, 5, 1, 4, 5)) {
      case 0 -> {}
      case 1 -> storage.failCall(n(List.of(20, 200, 1_000)), draws.pick(FAULTS));
      case 2 -> {
        Failure failure = draws.pick(FAILURES);
        storage.failCall(failure.call(), n(List.of(3, 10, 40)), failure.fault());
      }
      case 3 -> storage.failRandomly(draws.pick(List.of(0.0005, 0.005, 0.05)));
      case 4 -> fillDisk();
      default -> cutPower(List.of(3, 10, 40));
    }
  }

  /**
   * Damages the newest checkpoint while nothing runs: what came with it, not what it shares with
   * the one before. A power cut may bring back one that was damaged and deleted; then the newest is
   * the only one that is whole, and is left alone.
   */
  void damageCheckpoint() {
    List<String> manifests =
        storage.paths().stream()
            .filter(path -> path.startsWith(MANIFESTS) && !path.endsWith(UNFINISHED))
            .sorted()
            .toList();
    if (manifests.size() < 2
        || damaged.contains(manifests.get(manifests.size() - 2))
        || !draws.chance(0.25)) {
      return;
    }
    String manifest = manifests.getLast();
    damaged.add(manifest);
    String runs = manifest.replace(MANIFESTS, RUNS) + ".run";
    String path = storage.exists(runs) && draws.chance(0.5) ? runs : manifest;
    byte[] content = storage.content(path);
    if (content.length == 0) {
      return; // cut off before
    }
    int at = draws.between(0, content.length - 1);
    switch (draws.weighted(3, 1, 1)) {
      case 0 -> {
        content[at] ^= (byte) (1 << draws.between(0, 7));
        storage.damage(path, content);
      }
      case 1 -> storage.damage(path, Arrays.copyOf(content, at));
      default -> storage.lose(path);
    }
  }

  private int n(List<Integer> limits) {
    return draws.between(1, draws.pick(limits));
  }

  private void cutPower(List<Integer> limits) {
    cutCall = draws.pick(CUT_CALLS);
    storage.cutPower(cutCall, n(limits));
  }

  private void fillDisk() {
    storage.limitBytes(
        storage.usedBytes() + draws.between(0, draws.pick(List.of(5_000, 50_000, 200_000))));
    stepsFull = draws.between(1, draws.pick(List.of(20, 100, 400)));
    fullFailures = fullFailures();
  }

  private long fullFailures() {
    long failures = 0;
    for (Call call : Call.values()) {
      failures += storage.failures(call, Fault.DISK_FULL);
    }
    return failures;
  }

  /** After each step of the scheduler; returns whether space came back just now, after failures. */
  boolean passStep() {
    if (stepsFull == 0 || --stepsFull > 0) {
      return false;
    }
    storage.limitBytes(Long.MAX_VALUE);
    return fullFailures() > fullFailures;
  }

  /** Nothing goes wrong from now on. */
  void heal() {
    storage.forgetFaults();
    storage.limitBytes(Long.MAX_VALUE);
    stepsFull = 0;
  }

  /** The power is gone, within a call or between two. */
  void countPowerCut() {
    if (!storage.isPowerCut()) {
      count(Hardship.POWER_CUT_BETWEEN_CALLS);
      return;
    }
    switch (cutCall) {
      case WRITE -> count(Hardship.POWER_CUT_IN_WRITE);
      case SYNC -> count(Hardship.POWER_CUT_IN_SYNC);
      case RENAME -> count(Hardship.POWER_CUT_IN_RENAME);
      case SYNC_DIRECTORY -> count(Hardship.POWER_CUT_IN_DIRECTORY_SYNC);
      case READ, OTHER -> count(Hardship.POWER_CUT_BETWEEN_CALLS);
    }
  }

  long failedReads() {
    return storage.failures(Call.READ, Fault.IO_ERROR);
  }

  /** How often each thing happened; all of them are named. */
  Map<Hardship, Long> counts() {
    Map<Hardship, Long> all = new EnumMap<>(Hardship.class);
    for (Hardship hardship : Hardship.values()) {
      all.put(hardship, counts.getOrDefault(hardship, 0L));
    }
    all.put(Hardship.WRITE_TORN, storage.tornWrites());
    all.put(Hardship.WRITE_FAILED, storage.failures(Call.WRITE, Fault.IO_ERROR));
    all.put(Hardship.WRITE_SHORT, storage.failures(Call.WRITE, Fault.SHORT_WRITE));
    all.put(Hardship.SYNC_FAILED, failures(Call.SYNC));
    all.put(Hardship.DIRECTORY_SYNC_FAILED, failures(Call.SYNC_DIRECTORY));
    all.put(Hardship.RENAME_FAILED, failures(Call.RENAME));
    all.put(Hardship.READ_FAILED, failures(Call.READ));
    all.put(Hardship.DISK_FULL, fullFailures());
    return all;
  }

  private long failures(Call call) {
    long failures = 0;
    for (Fault fault : FAULTS) {
      failures += storage.failures(call, fault);
    }
    return failures;
  }
}
