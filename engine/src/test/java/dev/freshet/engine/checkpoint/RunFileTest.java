package dev.freshet.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.checkpoint.Manifest.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
  private static final String PATH = "a.run";
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("key", Simple.BIGINT), Column.notNull("value", Simple.VARCHAR));
  private static final RowOrder ORDER = RowOrder.byKey(SCHEMA, 0);

  private final Windows windows = new Windows();

  @TempDir private Path directory;
  private Storage.File file;

  @BeforeEach
  void create() {
    file = new LocalStorage(directory).create(PATH);
    RunFile.writeHeader(file);
  }

  @AfterEach
  void close() {
    file.close();
  }

  /** Keys with up to {@code rowsAKey} rows each. */
  private static Run rows(SplittableRandom random, int keys, int rowsAKey) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, 0);
    for (long key = 0; key < keys; key++) {
      for (int i = random.nextInt(rowsAKey) + 1; i > 0; i--) {
        rows.row(i, key, "value " + i + " ".repeat(random.nextInt(40)));
      }
    }
    return Run.of(ORDER, rows.build());
  }

  private BlockIndex write(Run run) {
    return RunFile.write(file, RunFile.HEADER_BYTES, run);
  }

  private static RunFile.Position position(BlockIndex blocks) {
    return new RunFile.Position(PATH, RunFile.HEADER_BYTES, blocks.length());
  }

  private Run read(BlockIndex blocks, long... hashes) {
    return RunFile.read(
        file, position(blocks), blocks, blocks.blocksOf(hashes), hashes, SCHEMA, windows);
  }

  private static List<String> of(Run run, long hash) {
    List<String> found = new ArrayList<>();
    for (int row = 0; row < run.rowCount(); row++) {
      if (run.hashes()[row] == hash) {
        found.add(run.rows().weight(row) + " of " + text(run, row));
      }
    }
    return found;
  }

  private static String text(Run run, int row) {
    return ((BytesVector) run.rows().column(1)).text(row);
  }

  @Test
  void readsBackWhatWasWritten() {
    SplittableRandom random = new SplittableRandom(1);
    for (int keys : new int[] {1, 100, 2_000}) {
      Run run = rows(random, keys, 3);
      BlockIndex blocks = write(run);
      Run again = RunFile.read(file, position(blocks), SCHEMA);
      assertThat(again.hashes()).startsWith(run.hashes());
      for (long hash : run.hashes()) {
        assertThat(of(again, hash)).isEqualTo(of(run, hash));
      }
      var checked = StoredPiece.of(file, position(blocks)).getFirst();
      assertThat(checked.facts().rowCount()).isEqualTo(run.rowCount());
      assertThat(checked.blocks().firstHashes()).isEqualTo(blocks.firstHashes());
      assertThat(checked.blocks().starts()).isEqualTo(blocks.starts());
    }
  }

  /** What stands in the index is what reading would tell. */
  @Test
  void knowsWhatItWroteWithoutReadingIt() {
    Run run = rows(new SplittableRandom(5), 90_000, 2);
    Chain chain = Chain.of(run);
    var written = RunFile.write(file, PATH, RunFile.HEADER_BYTES, chain);
    long length = written.stream().mapToLong(piece -> piece.position().length()).sum();
    Place place = new Place(7, RunFile.HEADER_BYTES, length);
    Storage storage = new LocalStorage(directory);
    storage.writeAtomically("index", new RunIndex(Map.of(place, written)).toBytes());
    var indexed = RunIndex.find(storage, "index", 7, PATH).orElseThrow().pieces().get(place);
    var read = StoredPiece.of(file, new RunFile.Position(PATH, RunFile.HEADER_BYTES, length));
    assertThat(read).hasSizeGreaterThan(1);
    assertThat(indexed).usingRecursiveComparison().isEqualTo(read);
  }

  @Test
  void readsTheRowsOfSomeHashesAndNoOthers() {
    SplittableRandom random = new SplittableRandom(2);
    Run run = rows(random, 20_000, 3);
    BlockIndex blocks = write(run);
    for (int i = 0; i < 200; i++) {
      long[] hashes = new long[1 + random.nextInt(5)];
      Arrays.setAll(hashes, _ -> run.hashes()[random.nextInt(run.rowCount())]);
      Arrays.sort(hashes);
      Run some = read(blocks, hashes);
      int found = 0;
      for (long hash : Arrays.stream(hashes).distinct().toArray()) {
        assertThat(of(some, hash)).isNotEmpty().isEqualTo(of(run, hash));
        found += of(some, hash).size();
      }
      assertThat(some.rowCount()).isEqualTo(found);
    }
  }

  /** The rows of one key take many blocks, and begin and end within others' blocks. */
  @Test
  void readsTheRowsOfAHashFromAllItsBlocks() {
    SplittableRandom random = new SplittableRandom(3);
    Run run = rows(random, 20, 4_000);
    BlockIndex blocks = write(run);
    assertThat(blocks.count()).isGreaterThan(50);
    for (long hash : Arrays.stream(run.hashes()).distinct().toArray()) {
      assertThat(of(read(blocks, hash), hash)).isEqualTo(of(run, hash));
    }
    assertThat(read(blocks, Long.MIN_VALUE).isEmpty()).isTrue();
    assertThat(of(read(blocks, Long.MAX_VALUE), Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void seesDamageInTheBlocksThatItReads() {
    Run run = rows(new SplittableRandom(4), 20_000, 1);
    BlockIndex blocks = write(run);
    int last = blocks.count() - 1;
    long at = RunFile.HEADER_BYTES + blocks.starts()[last] + 100;
    byte[] one = RunFile.bytes(file, PATH, at, 1);
    file.write(at, new byte[] {(byte) (one[0] ^ 4)}, 0, 1);
    assertThat(of(read(blocks, blocks.firstHashes()[1]), blocks.firstHashes()[1])).hasSize(1);
    assertThatThrownBy(() -> read(blocks, blocks.firstHashes()[last]))
        .isInstanceOf(FreshetException.class)
        .hasMessage(
            "Cannot read state file a.run at byte "
                + (RunFile.HEADER_BYTES + blocks.starts()[last])
                + ": a checksum differs.");
  }
}
