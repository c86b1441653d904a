package dev.freshet.lake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.lake.files.LakeFiles;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class ManifestFormatTest {
  private static final PartitionSpec SPEC = PartitionSpec.unpartitioned();
  private static final int ENTRIES = 1_000; // several blocks
  private static final String PATH = "lake/gold/t/metadata/v1-manifest-0.avro";

  private final SimulatedStorage storage =
      new SimulatedStorage(new SimulatedClock(), new Trace(), 1);
  private final LakeFiles files = new LakeFiles(storage);
  private final LakeFileIo ours = new LakeFileIo(files);
  private final InMemoryFileIO icebergs = new InMemoryFileIO();
  private final String location = files.location(PATH);

  @Test
  void isUsedByIceberg() {
    assertThat(ManifestFormat.isInstalled()).isTrue();
  }

  @Test
  void icebergReadsWhatIsWritten() throws IOException {
    ManifestFile manifest = write(ours, ENTRIES);
    icebergs.addFile(location, storage.content(PATH));
    assertThat(read(icebergs, manifest)).isEqualTo(described());
    assertThat(read(ours, manifest)).isEqualTo(described());
  }

  /** Compressed, as Iceberg does it of itself. */
  @Test
  void readsWhatIcebergWrote() throws IOException {
    ManifestFile manifest = write(icebergs, ENTRIES);
    put(bytes(icebergs));
    assertThat(manifest.length()).isLessThan(ENTRIES * 100L);
    assertThat(read(new LakeFileIo(new LakeFiles(storage)), manifest)).isEqualTo(described());
  }

  /** As some of Iceberg's operations do. */
  @Test
  void readsTheSpecificationOfPartitionsFromTheFile() throws IOException {
    ManifestFile manifest = write(ours, 1);
    try (ManifestReader<DataFile> reader = ManifestFiles.read(manifest, ours, null)) {
      assertThat(reader.spec()).isEqualTo(SPEC);
    }
  }

  @Test
  void refusesAFileThatEndsEarly() throws IOException {
    ManifestFile manifest = write(ours, 3);
    byte[] whole = storage.content(PATH);
    for (int length = 0; length < whole.length; length += length < whole.length - 1_000 ? 13 : 1) {
      put(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(new LakeFileIo(new LakeFiles(storage)), manifest))
          .isInstanceOf(RuntimeIOException.class)
          .hasMessageContaining(location);
    }
  }

  /** Without its length it is a whole file of fewer rows. */
  @Test
  void refusesAFileThatEndsBetweenTwoBlocks() throws IOException {
    ManifestFile manifest = write(ours, ENTRIES);
    byte[] whole = storage.content(PATH);
    AvroFileBytes blocks = new AvroFileBytes(whole, location);
    blocks.readMetadata();
    List<Integer> ends = new ArrayList<>();
    do {
      blocks.readMarker();
      ends.add(blocks.position());
      blocks.readLong();
      blocks.readBytes();
    } while (blocks.position() + AvroFileBytes.MARKER_BYTES < whole.length);
    assertThat(ends).hasSizeGreaterThan(1);
    for (int end : ends) {
      put(Arrays.copyOf(whole, end));
      assertThatThrownBy(() -> read(new LakeFileIo(new LakeFiles(storage)), manifest))
          .isInstanceOf(RuntimeIOException.class)
          .hasMessageContaining(
              location + ": it has " + end + " bytes, and what names it says " + whole.length);
    }
  }

  @Test
  void tellsThePlaceOfEachRow() throws IOException {
    ManifestFile manifest = write(ours, ENTRIES);
    icebergs.addFile(location, storage.content(PATH));
    assertThat(places(ours, manifest))
        .isEqualTo(LongStream.range(0, ENTRIES).boxed().toList())
        .isEqualTo(places(icebergs, manifest));
  }

  /** A reader that has read one file is used for the next, but not while it reads. */
  @Test
  void readsFilesOneWithinTheOther() throws IOException {
    ManifestFile manifest = write(ours, 3);
    assertThat(read(ours, manifest)).isEqualTo(described().subList(0, 3));
    List<String> outer = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, ours, Map.of(SPEC.specId(), SPEC))) {
      for (DataFile file : reader) {
        assertThat(read(ours, manifest)).isEqualTo(described().subList(0, 3));
        outer.add(describe(file));
        places.add(file.pos());
      }
    }
    assertThat(outer).isEqualTo(described().subList(0, 3));
    assertThat(places).containsExactly(0L, 1L, 2L);
  }

  /** Whatever the file before it had. */
  @Test
  void readsWhatAFileLacksAsAbsent() throws IOException {
    assertThat(read(ours, write(ours, 1))).hasSize(1);
    String other = files.location("lake/gold/t/metadata/v1-manifest-1.avro");
    ManifestWriter<DataFile> writer = ManifestFiles.write(3, SPEC, ours.newOutputFile(other), 17L);
    try (writer) {
      writer.add(
          DataFiles.builder(SPEC)
              .withPath("/simulated/lake/gold/t/data/v1-0.parquet")
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(1)
              .withRecordCount(1)
              .build());
    }
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(writer.toManifestFile(), ours, Map.of(SPEC.specId(), SPEC))) {
      DataFile found = reader.iterator().next();
      assertThat(found.valueCounts()).isNull();
      assertThat(found.upperBounds()).isNull();
    }
  }

  private static List<Long> places(FileIO io, ManifestFile manifest) throws IOException {
    List<Long> places = new ArrayList<>();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, io, Map.of(SPEC.specId(), SPEC))) {
      reader.forEach(file -> places.add(file.pos()));
    }
    return places;
  }

  @Test
  void nothingComesOfAFileOfWhichARowFailed() throws IOException {
    FileAppender<Object> appender =
        new ManifestWriting(ours.newOutputFile(location))
            .schema(new Schema(Types.NestedField.required(1, "name", Types.StringType.get())))
            .build();
    GenericRecord row =
        GenericRecord.create(
            Types.StructType.of(Types.NestedField.required(1, "name", Types.StringType.get())));
    appender.add(row.copy("name", "good"));
    assertThatThrownBy(() -> appender.add(row)).isInstanceOf(RuntimeException.class);
    String message = "Cannot finish a lake file: one of its rows could not be written.";
    assertThatThrownBy(() -> appender.add(row.copy("name", "good"))).hasMessageContaining(message);
    assertThatThrownBy(appender::close).hasMessageContaining(message);
    assertThatThrownBy(appender::length).hasMessageContaining(message);
    assertThatThrownBy(appender::metrics).hasMessageContaining(message);
    assertThat(storage.size(PATH)).as("bytes handed to the storage").isZero();
  }

  @Test
  void refusesAMarkerThatIsNotTheFiles() throws IOException {
    ManifestFile manifest = write(ours, ENTRIES);
    byte[] damaged = storage.content(PATH);
    damaged[damaged.length - 1] ^= 1;
    put(damaged);
    assertThatThrownBy(() -> read(new LakeFileIo(new LakeFiles(storage)), manifest))
        .hasMessageContaining(location)
        .hasMessageContaining("a block does not end where it should");
  }

  private void put(byte[] content) {
    storage.damage(PATH, content);
  }

  private byte[] bytes(FileIO io) throws IOException {
    try (var in = io.newInputFile(location).newStream()) {
      return in.readAllBytes();
    }
  }

  private ManifestFile write(FileIO io, int count) throws IOException {
    ManifestWriter<DataFile> writer = ManifestFiles.write(3, SPEC, io.newOutputFile(location), 17L);
    try (writer) {
      entries().subList(0, count).forEach(writer::add);
    }
    return writer.toManifestFile();
  }

  private static List<DataFile> entries() {
    List<DataFile> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      Map<Integer, Long> counts = Map.of(1, (long) i, 2, 5L);
      Map<Integer, ByteBuffer> bounds = Map.of(1, ByteBuffer.wrap(new byte[] {(byte) i, 2}));
      entries.add(
          DataFiles.builder(SPEC)
              .withPath("/simulated/lake/gold/t/data/v1-" + i + ".parquet")
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(1_000 + i)
              .withRecordCount(i)
              .withMetrics(new Metrics((long) i, counts, counts, counts, null, bounds, bounds))
              .build());
    }
    return entries;
  }

  private static List<String> described() {
    return entries().stream().map(ManifestFormatTest::describe).toList();
  }

  private static List<String> read(FileIO io, ManifestFile manifest) throws IOException {
    List<String> found = new ArrayList<>();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, io, Map.of(SPEC.specId(), SPEC))) {
      for (DataFile file : reader) {
        found.add(describe(file));
      }
    }
    return found;
  }

  private static String describe(DataFile file) {
    return String.join(
        " ",
        file.location(),
        file.format().name(),
        Long.toString(file.recordCount()),
        Long.toString(file.fileSizeInBytes()),
        new TreeMap<>(file.valueCounts()).toString(),
        new TreeMap<>(file.upperBounds())
            .values().stream()
                .map(bound -> Arrays.toString(AvroFileBytes.array(bound)))
                .toList()
                .toString());
  }
}
