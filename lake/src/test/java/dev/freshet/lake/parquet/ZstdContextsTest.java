package dev.freshet.lake.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.files.LakeFiles;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZstdContextsTest {
  private static final int MORE_THAN_WAIT = 20;
  private static final Column COLUMN = Column.notNull("n", DataType.Simple.BIGINT);
  private static final List<FileColumn> COLUMNS =
      List.of(new FileColumn(COLUMN, new FieldIds(1, List.of())));

  private final LakeFiles files =
      new LakeFiles(new SimulatedStorage(new SimulatedClock(), new Trace(), 1));

  /** Two files must not write with the same context at once. */
  @Test
  void aWriterThatIsClosedTwiceGivesItsContextBackOnce() {
    write("a");
    List<ZstdCompressCtx> taken = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_WAIT; i++) {
      taken.add(ZstdContexts.compressing());
    }
    assertThat(taken).doesNotHaveDuplicates();
    taken.forEach(ZstdCompressCtx::close);
  }

  @Test
  void aReaderThatIsClosedTwiceGivesItsContextBackOnce() {
    write("a");
    BatchFileReader reader = new BatchFileReader(files, location("a"));
    reader.close();
    reader.close();
    List<ZstdDecompressCtx> taken = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_WAIT; i++) {
      taken.add(ZstdContexts.decompressing());
    }
    assertThat(taken).doesNotHaveDuplicates();
    taken.forEach(ZstdDecompressCtx::close);
  }

  /** More at once than contexts wait. */
  @Test
  void filesAreReadWhileOthersAreReadAndWritten() {
    for (int i = 0; i < MORE_THAN_WAIT; i++) {
      write("f" + i);
    }
    List<BatchFileReader> open = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_WAIT; i++) {
      open.add(new BatchFileReader(files, location("f" + i)));
      write("g" + i);
    }
    for (BatchFileReader reader : open) {
      assertThat(((LongVector) reader.next(COLUMNS).column(0)).values()).startsWith(0, 1, 2);
      reader.close();
    }
  }

  private void write(String name) {
    BatchBuilder rows = new BatchBuilder(Schema.of(COLUMN), 3);
    for (long n = 0; n < 3; n++) {
      rows.column(0).appendLong(n);
      rows.endRow(1);
    }
    Batch batch = rows.build();
    try (BatchFileWriter writer = new BatchFileWriter(files, location(name), COLUMNS)) {
      writer.append(batch, new int[] {0, 1, 2}, 3);
      assertThat(writer.finish().rows()).isEqualTo(3);
    }
    files.makeDurable();
  }

  private String location(String name) {
    return files.location("lake/t/data/" + name + ".parquet");
  }
}
