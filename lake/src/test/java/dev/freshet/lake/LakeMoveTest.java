package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a lake that lies elsewhere reads the same there, without the one that it came from. */
class LakeMoveTest {
  private static final LakeOptions OPTIONS = new LakeOptions(5, 3, 1_000);
  private static final int[] KEY = {0};

  @TempDir private Path folder;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final TestModel keyed = new TestModel(random, 300);
  private final TestModel bag = new TestModel(random, 100);

  private long step;

  @BeforeEach
  void printTheSeed() {
    System.out.println("LakeMoveTest seed " + seed);
  }

  private void write(Lake lake, int publishes) {
    LakeTable one = lake.keyed("gold.t", LakeTest.SCHEMA, KEY);
    LakeTable two = lake.bag("silver.with-sign", LakeTest.SCHEMA);
    for (int i = 0; i < publishes; i++) {
      lake.stage(++step, one, keyed.change(60));
      lake.stage(step, two, bag.change(20));
      lake.publish(step, Map.of("position", Long.toString(step)));
    }
  }

  private static List<String> at(LakeReader reader, String table, long step) {
    List<String> rows = new ArrayList<>();
    reader.readAt(table, step, batch -> rows.addAll(TestRows.texts(batch)));
    return rows;
  }

  private Map<String, List<String>> history(Path root) {
    return history(new LocalStorage(root));
  }

  private Map<String, List<String>> history(Storage storage) {
    Map<String, List<String>> all = new HashMap<>();
    LakeReader reader = LakeReader.open(storage);
    for (String table : reader.tableNames()) {
      for (long at = step - 4; at <= step; at++) {
        all.put(table + "@" + at, at(reader, table, at));
      }
    }
    return all;
  }

  @Test
  void readsTheSameElsewhereInAllSnapshotsAndGoesOn() throws Exception {
    Path old = folder.resolve("old");
    write(Lake.open(new LocalStorage(old), OPTIONS), 12);
    Map<String, List<String>> before = history(old);
    assertThat(puffins(old)).as("deletion vectors").isNotEmpty();
    Path moved = folder.resolve("new $1 (a+b)").resolve("deeper");
    Files.createDirectories(moved.getParent());
    FileTrees.copy(old, moved);

    LakeMove.run(new LocalStorage(moved), moved.toString());
    Files.move(old, folder.resolve("gone"));

    assertThat(history(moved)).isEqualTo(before);
    LakeReader reader = LakeReader.open(new LocalStorage(moved));
    assertThat(reader.markers()).containsEntry("position", "12");
    for (String table : List.of("gold.t", "silver.with-sign")) {
      assertThat(LakeInteropTest.icebergRows(reader, table)).hasSameSizeAs(at(reader, table, step));
    }
    assertThat(TestRows.sorted(LakeInteropTest.icebergRows(reader, "gold.t")))
        .isEqualTo(TestRows.sorted(keyed.rows()));
    assertThat(TestRows.sorted(LakeInteropTest.duckDbRows(reader, "gold.t", "id, name, amount")))
        .isEqualTo(TestRows.sorted(keyed.rows()));
    assertNothingNames(old, moved);

    write(Lake.open(new LocalStorage(moved), OPTIONS), 10);
    assertThat(TestRows.sorted(TestRows.of(LakeReader.open(new LocalStorage(moved)), "gold.t")))
        .isEqualTo(TestRows.sorted(keyed.rows()));
  }

  @Test
  void leavesALakeAloneThatLiesWhereItWasWritten() throws IOException {
    Path root = folder.resolve("root");
    write(Lake.open(new LocalStorage(root), OPTIONS), 3);
    Path copy = folder.resolve("copy");
    FileTrees.copy(root, copy);
    LakeMove.run(new LocalStorage(copy), root.toString());
    for (Path file : files(root)) {
      assertThat(copy.resolve(root.relativize(file))).hasSameBinaryContentAs(file);
    }
    LakeMove.run(new LocalStorage(folder.resolve("empty")), folder.toString());
  }

  /** The part before a table's own folder is what is replaced: it must be known. */
  @Test
  void refusesALakeThatNamesFilesOfOthers() throws IOException {
    Path root = folder.resolve("root");
    Lake lake = Lake.open(new LocalStorage(root), OPTIONS);
    LakeTable table = lake.keyed("gold.t", LakeTest.SCHEMA, KEY);
    lake.stage(1, table, new BatchBuilder(LakeTest.SCHEMA, 1).row(1, 1L, "a", 1.5).build());
    lake.publish(1, Map.of());
    Path metadata = Path.of(LakeReader.open(new LocalStorage(root)).metadataLocation("gold.t"));
    String text = Files.readString(metadata);
    Files.writeString(
        metadata,
        text.replaceFirst("\"manifest-list\":\"[^\"]*", "\"manifest-list\":\"/elsewhere"));
    assertThatThrownBy(() -> LakeMove.run(new LocalStorage(root), folder.toString()))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("/elsewhere, which lies outside");
    Files.writeString(metadata, text.substring(0, 100));
    assertThatThrownBy(() -> LakeMove.run(new LocalStorage(root), folder.toString()))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining(metadata.getFileName().toString());
  }

  /** Names a folder that is not the one in which its files were written. */
  private static final class Elsewhere extends ForwardingStorage {
    Elsewhere(Storage storage) {
      super(storage);
    }

    @Override
    public String root() {
      return "/else/where";
    }
  }

  /** Whatever of a file that the move reads is missing: nothing is lost without a word. */
  @Test
  void refusesEveryFileThatIsCutOrLosesNothing() {
    SimulatedStorage disk = disk(Map.of());
    write(Lake.open(disk, OPTIONS), 4);
    Map<String, List<String>> before = history(disk);
    Map<String, byte[]> files = files(disk);
    Map<String, Integer> refused = new TreeMap<>();
    files.forEach((path, content) -> {
      if (path.endsWith(".parquet")) {
        return; // not read by a move, but by whoever reads its rows
      }
      for (int length : cuts(content.length)) {
        SimulatedStorage copy = disk(files);
        copy.damage(path, Arrays.copyOf(content, length));
        String cut = path + " cut to " + length + " of " + content.length + ", seed " + seed;
        Storage moved = new Elsewhere(copy);
        try {
          LakeMove.run(copy, moved.root());
        } catch (FreshetException e) {
          assertThat(e.code())
              .as(cut)
              .isIn(ErrorCode.STORAGE_DAMAGED, ErrorCode.FORMAT_UNKNOWN); // the catalog's
          refused.merge(path.substring(path.lastIndexOf('.')), 1, Integer::sum);
          continue;
        }
        assertThat(history(moved)).as(cut).isEqualTo(before);
      }
    });
    assertThat(refused).as("kinds of files").containsOnlyKeys(".avro", ".json", ".puffin");
  }

  /** What stands before the first block. */
  private static byte[] header(byte[] avro) throws IOException {
    try (DataFileReader<Object> reader =
        new DataFileReader<>(new SeekableByteArrayInput(avro), new GenericDatumReader<>())) {
      reader.sync(0);
      return Arrays.copyOf(avro, (int) reader.previousSync());
    }
  }

  private SimulatedStorage disk(Map<String, byte[]> files) {
    SimulatedStorage disk = new SimulatedStorage(new SimulatedClock(), new Trace(), seed);
    files.forEach((path, content) -> {
      disk.createDirectories(Storage.parent(path));
      disk.damage(path, content);
    });
    return disk;
  }

  private static Map<String, byte[]> files(SimulatedStorage disk) {
    Map<String, byte[]> files = new TreeMap<>();
    for (String path : disk.paths()) {
      if (path.startsWith("lake/")) {
        files.put(path, disk.content(path));
      }
    }
    return files;
  }

  /** Some lengths, other ones from seed to seed, and all that lack almost nothing. */
  private Set<Integer> cuts(int length) {
    Set<Integer> cuts = new TreeSet<>(Set.of(0));
    int apart = Math.max(1, length / 12);
    for (int cut = random.nextInt(apart); cut < length; cut += apart) {
      cuts.add(cut);
    }
    for (int left = 1; left <= 5 && left <= length; left++) {
      cuts.add(length - left);
    }
    return cuts;
  }

  /** As a whole file of fewer rows, which only its length tells. */
  @Test
  void refusesAManifestThatIsCutBetweenItsBlocksAndAListWithoutRows() throws IOException {
    SimulatedStorage disk = disk(Map.of());
    write(Lake.open(disk, OPTIONS), 3);
    Map<String, byte[]> files = files(disk);
    for (String path : files.keySet().stream().filter(path -> path.endsWith(".avro")).toList()) {
      SimulatedStorage copy = disk(files);
      copy.damage(path, header(disk.content(path)));
      assertThatThrownBy(() -> LakeMove.run(copy, "/else/where"))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining(path)
          .hasMessageMatching("(?s).*(it has .* bytes|names no manifests).*");
    }
  }

  private static List<Path> puffins(Path root) throws IOException {
    return files(root).stream().filter(file -> file.toString().endsWith(".puffin")).toList();
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** What is not compressed can be looked through. */
  private static void assertNothingNames(Path old, Path moved) throws IOException {
    for (Path file : files(moved)) {
      if (!file.toString().endsWith(".parquet") && !file.toString().endsWith(".avro")) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(text).as(file.toString()).doesNotContain(old.toString());
      }
    }
  }
}
