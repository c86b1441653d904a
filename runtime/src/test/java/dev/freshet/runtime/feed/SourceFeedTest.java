package dev.freshet.runtime.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.generator.Dataset;
import dev.freshet.capture.generator.GeneratorSettings;
import dev.freshet.capture.generator.GeneratorSource;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.feed.SourceFeed.Obstacle;
import dev.freshet.testing.simulation.HangingDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SourceFeedTest {
  private static final int EVENTS = 2_000;
  private static final LogSettings LOG =
      LogSettings.DEFAULT.withWaitingBytesMax(2_000).withPatienceNanos(1_000_000_000);

  @TempDir private Path directory;

  private static SourceFeed feed(EmbeddedLog log) {
    Dataset data = Dataset.of("sensors", 7).orElseThrow();
    List<String> tables = data.tables().stream().map(Dataset.Table::name).toList();
    GeneratorSource source =
        new GeneratorSource(
            new GeneratorSettings(
                "made up", data, tables, 10_000, OptionalLong.of(EVENTS), OptionalLong.of(0)));
    FreeSpace space = new FreeSpace(() -> Long.MAX_VALUE, 1, Clock.system());
    return new SourceFeed(source, log, Clock.system(), space);
  }

  private static EmbeddedLog open(Storage storage) {
    return EmbeddedLog.open(storage, "log", Clock.system(), LOG);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(1);
    }
  }

  private static SourceStatus status(SourceFeed feed) {
    return feed.status().orElseThrow();
  }

  private static boolean isComplete(SourceFeed feed) {
    assertThat(status(feed).state()).isEqualTo(State.STREAMING);
    return status(feed).acknowledged().equals(Integer.toString(EVENTS));
  }

  /** By table, in the order of the log. */
  private static Map<String, List<String>> rows(EmbeddedLog log) {
    Map<String, List<String>> rows = new TreeMap<>();
    try (LogReader reader = log.read(0)) {
      while (reader.next()) {
        for (TableChanges changes : reader.changes().tables()) {
          List<String> ofTable = rows.computeIfAbsent(changes.table(), _ -> new ArrayList<>());
          for (int i = 0; i < changes.rows().rowCount(); i++) {
            ofTable.add(Arrays.toString(Values.readRow(changes.rows(), i)));
          }
        }
      }
    }
    return rows;
  }

  private Map<String, List<String>> rowsOfAnUndisturbedRun() throws InterruptedException {
    try (EmbeddedLog log = open(new LocalStorage(directory.resolve("undisturbed")));
        SourceFeed feed = feed(log)) {
      Scheduler scheduler = Scheduler.threads();
      log.startCommits(scheduler);
      feed.start(scheduler, Resume.FROM_NOTHING);
      await(() -> isComplete(feed));
      return rows(log);
    }
  }

  @Test
  void aDiskThatHangsForAWhileEndsNoSourceAndLosesAndRepeatsNothing() throws Exception {
    HangingDisk disk = new HangingDisk(new LocalStorage(directory.resolve("disturbed")));
    Scheduler scheduler = Scheduler.threads();
    try (EmbeddedLog log = open(disk);
        SourceFeed feed = feed(log)) {
      disk.hang();
      log.startCommits(scheduler);
      log.append(
          LogRecord.of(
              new ChangeSet("another", new byte[0], 0, 0, 0, ChangeSet.Part.LAST, List.of()),
              new ByteWriter(64)));
      disk.awaitSync(); // somebody else's commit hangs
      feed.start(scheduler, Resume.FROM_NOTHING);
      await(() -> feed.obstacle() == Obstacle.DISK_HANGS);
      assertThat(status(feed).state()).isEqualTo(State.STREAMING);
      long end = log.endOffset();
      Thread.sleep(2_500); // it offers the same again, more than once
      assertThat(log.endOffset()).isEqualTo(end);

      disk.goOn();
      await(() -> isComplete(feed));
      assertThat(feed.obstacle()).isEqualTo(Obstacle.NONE);
      assertThat(rows(log)).isEqualTo(rowsOfAnUndisturbedRun()).isNotEmpty();
    } finally {
      disk.goOn();
    }
  }

  /** Remembers what it was told, and delivers nothing by itself. */
  private static final class Listening implements Source, Capture {
    private final List<String> acknowledged = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
      return "shop";
    }

    @Override
    public SourceCheck check(Resume resume) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
      return this;
    }

    @Override
    public void acknowledged(byte[] position) {
      acknowledged.add(new String(position, StandardCharsets.US_ASCII));
    }

    @Override
    public SourceStatus status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void wake() {
      // has nothing to do
    }

    @Override
    public void close() {
      // has nothing to do
    }
  }

  private static ChangeSet changes(String source, String position, ChangeSet.Part part) {
    return new ChangeSet(
        source, position.getBytes(StandardCharsets.US_ASCII), 0, 0, 0, part, List.of());
  }

  /** A table that is read beside the stream comes under another name, in between. */
  @Test
  void tellsHowFarItsOwnTransactionsAreWhateverIsDeliveredBeside() throws Exception {
    Listening shop = new Listening();
    FreeSpace space = new FreeSpace(() -> Long.MAX_VALUE, 1, Clock.system());
    try (EmbeddedLog log = open(new LocalStorage(directory.resolve("beside")));
        SourceFeed feed = new SourceFeed(shop, log, Clock.system(), space)) {
      Scheduler scheduler = Scheduler.threads();
      feed.start(scheduler, Resume.FROM_NOTHING);
      feed.offer(changes("shop", "a", ChangeSet.Part.LAST));
      feed.offer(changes("shop/tables", "part", ChangeSet.Part.MORE));
      log.startCommits(scheduler);
      await(() -> log.durableOffset() == 2 && !shop.acknowledged.isEmpty());
      assertThat(shop.acknowledged).containsExactly("a");
    }
  }

  /** They keep the log from giving back its room. */
  @Test
  void takesThatPartsAreVoidThoughTheDiskIsNearlyFull() {
    try (EmbeddedLog log = open(new LocalStorage(directory.resolve("short")));
        SourceFeed feed =
            new SourceFeed(
                new Listening(), log, Clock.system(), new FreeSpace(() -> 9, 10, Clock.system()))) {
      assertThat(feed.offer(changes("shop", "a", ChangeSet.Part.MORE)))
          .isEqualTo(ChangeSink.Answer.FULL);
      assertThat(feed.offer(changes("shop", "a", ChangeSet.Part.RESTART)))
          .isEqualTo(ChangeSink.Answer.TAKEN);
      assertThat(feed.offer(changes("shop", "b", ChangeSet.Part.LAST)))
          .isEqualTo(ChangeSink.Answer.FULL);
    }
  }
}
