package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.Spill;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of one engine within a number of bytes of memory, and the rest in files beside
 * its checkpoints. The budget has three equal parts:
 *
 * <pre>
 *   new state        what no spill file holds, and what was read of a checkpoint as long as there is
 *                    room; past its part the least used pieces are written out
 *   merges           what running merges make of state that is in memory only, at most as much again;
 *                    what they make of other state counts as new
 *   read back        pieces that lie on disk, the least recently used of which go first (CLOCK),
 *                    a filter for each spilled piece, about one byte a row,
 *                    and where its blocks lie, about one byte for 1,000
 * </pre>
 *
 * <p>The tables in which operators find their groups count as new state. What a step works on, its
 * changes and their results, is not counted. A spill file is deleted when nothing in memory names
 * it any more, snapshots of readers included, or at the {@link #close}; what a crash leaves goes
 * when the next start is done, or before it spills itself. Nothing durable depends on these files.
 * {@link #enforce} is the engine's thread's; the rest is safe for all threads.
 */
public final class StateMemory implements Spill, AutoCloseable {
  private static final String PREFIX = "spill-";
  private static final long FILE_BYTES_MAX = 64L << 20;

  private static final long PIECE_BYTES_LEAST = 256;
  private static final long PIECE_BYTES_MOST = 2 << 20;

  /** A piece of less than so small a part of the budget is not worth a read of its own. */
  private static final int NOT_WORTH_A_READ = 1 << 10;

  /** One read of a disk costs about as much as reading so many bytes. */
  private static final long PIECE_BYTES_SMALL = 1 << 15;

  private static final int PARTS = 3;
  private static final NewestFiles FILES = new NewestFiles();

  private final @Nullable Storage storage;
  private final String directory;
  private final String prefix;
  private final AtomicInteger besides = new AtomicInteger();
  private final OpenFiles openFiles;
  private final StaleFiles stale;
  private final long partBytes;
  private final int readers;

  private final Object lock = new Object();
  private final ArrayDeque<Piece> readBack = new ArrayDeque<>();
  private long readBackBytes;

  /** New state as of the last step, and what was taken for such since. */
  private long newBytes;

  /** What was taken and stood in no state as of the last step. */
  private final List<Making> making = new ArrayList<>();

  /** Held by the worker whose merge writes; merges of several arrangements run at once. */
  private final Object writing = new Object();

  private long nextFile;
  private @Nullable SpillFile current;

  private StateMemory(OpenFiles openFiles) {
    this.storage = null;
    this.directory = "";
    this.prefix = PREFIX;
    this.partBytes = Long.MAX_VALUE / PARTS;
    this.readers = 1;
    this.openFiles = openFiles;
    this.stale = StaleFiles.NONE;
  }

  private StateMemory(
      Storage storage,
      String directory,
      long budgetBytes,
      int readers,
      String prefix,
      OpenFiles openFiles,
      StaleFiles stale) {
    this.storage = storage;
    this.directory = directory;
    this.partBytes = budgetBytes / PARTS;
    this.prefix = prefix;
    this.readers = readers;
    this.openFiles = openFiles;
    this.stale = stale;
  }

  /** Everything stays in memory. */
  public static StateMemory unlimited() {
    return new StateMemory(new OpenFiles());
  }

  /**
   * @param directory of the storage; spill files that an earlier process left there are deleted
   *     before one is written, by {@link #deleteStale}, or at the {@link #close}
   * @param budgetBytes 0 for no state in memory at all, save what a step just made; {@link
   *     Long#MAX_VALUE} for {@link #unlimited}
   * @param readers how many threads of the engine read spilled pieces at once
   */
  public static StateMemory of(Storage storage, String directory, long budgetBytes, int readers) {
    Check.that(budgetBytes >= 0, "a budget is not negative", budgetBytes, 0);
    if (budgetBytes == Long.MAX_VALUE) {
      return unlimited();
    }
    storage.createDirectories(directory);
    List<String> stale =
        storage.list(directory).stream()
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> directory + "/" + name)
            .toList();
    return new StateMemory(
        storage,
        directory,
        budgetBytes,
        readers,
        PREFIX,
        new OpenFiles(),
        new StaleFiles(storage, stale));
  }

  /**
   * A memory of its own for state that grows beside this one's, of another thread: a quarter of the
   * budget, and files of other names in the same directory, which are closed with this one's.
   */
  public StateMemory beside() {
    return storage == null
        ? new StateMemory(openFiles)
        : new StateMemory(
            storage,
            directory,
            partBytes / 4 * PARTS,
            readers,
            PREFIX + String.format("%x-", besides.incrementAndGet()),
            openFiles,
            stale);
  }

  /** What was read of checkpoints, and spilled. */
  OpenFiles openFiles() {
    return openFiles;
  }

  /**
   * Closes all files, of checkpoints that were restored and of those beside it too, and deletes
   * what was spilled. State that does not lie in memory can then not be read any more: that fails
   * with {@link ErrorCode#NOT_RUNNING}.
   */
  @Override
  public void close() {
    openFiles.closeAll();
    try {
      stale.delete();
    } catch (FreshetException e) {
      // Nothing depends on them; the next start tries again.
    }
  }

  /**
   * Deletes what an earlier process spilled, if that is still there. A file takes some
   * milliseconds, which a start does not wait for.
   *
   * @throws FreshetException when the disk fails; those that are left are tried again
   */
  public void deleteStale() {
    stale.delete();
  }

  /** Bytes that state may take in memory. */
  public long budgetBytes() {
    return partBytes * PARTS;
  }

  /** Two fifths of the JVM's heap: steps, queries and all else have the rest. */
  public static long defaultBytes() {
    return Runtime.getRuntime().maxMemory() / 5 * 2;
  }

  /** What an operator keeps in memory beside its state, to find that faster. */
  public interface Table {
    long bytes();

    /** Gives the memory back; {@link #bytes} is about 0 then. What it held is state. */
    void release();
  }

  /**
   * Writes out what of an engine's state is too much for memory, or as much of it as the disk has
   * room for. Tables may take half of the part of new state; the largest of more are released.
   */
  public void enforce(Consumer<Consumer<RunList>> states, List<Table> tables) {
    if (storage == null) {
      return;
    }
    long tableBytes = tables.stream().mapToLong(Table::bytes).sum();
    List<Table> largestFirst = new ArrayList<>(tables);
    largestFirst.sort(Comparator.comparingLong(Table::bytes).reversed());
    for (Table table : largestFirst) {
      if (tableBytes > partBytes / 2) {
        tableBytes -= table.bytes();
        table.release();
      }
    }
    enforce(states, tableBytes);
  }

  private void enforce(Consumer<Consumer<RunList>> states, long tableBytes) {
    List<Candidate> candidates = new ArrayList<>();
    List<Chain> unsorted = new ArrayList<>();
    states.accept(list -> {
      for (Chain chain : list.chains()) {
        if (chain.isSorted()) {
          addPieces(list.order(), chain, candidates);
        } else if (chain.residentBytes() > 0) {
          unsorted.add(chain);
        }
      }
    });
    addThoseInMaking(candidates);
    long bytes =
        candidates.stream().mapToLong(each -> each.piece().bytes()).sum()
            + unsorted.stream().mapToLong(Chain::residentBytes).sum()
            + tableBytes;
    synchronized (lock) {
      newBytes = bytes;
    }
    if (bytes <= partBytes) {
      return;
    }
    long wanted = bytes - partBytes * 3 / 4;
    // Nobody has looked for a row of these yet, so they go first, the oldest before the others.
    for (Chain each : unsorted) {
      long before = each.residentBytes();
      if (wanted <= 0 || !each.spillUnsorted(this)) {
        return;
      }
      wanted -= before;
    }
    spill(candidates, wanted);
  }

  private record Candidate(RowOrder order, Piece piece) {}

  /** A piece for as long as anything else refers to it. */
  private record Making(RowOrder order, WeakReference<Piece> piece) {}

  /** Adds what merges have made so far; forgets what has become state or was written out. */
  private void addThoseInMaking(List<Candidate> candidates) {
    synchronized (lock) {
      if (making.isEmpty()) {
        return;
      }
      Set<Piece> inState = Collections.newSetFromMap(new IdentityHashMap<>());
      candidates.forEach(each -> inState.add(each.piece()));
      for (Iterator<Making> all = making.iterator(); all.hasNext(); ) {
        Making each = all.next();
        Piece piece = each.piece().get();
        if (piece == null || piece.isSpilled() || inState.contains(piece)) {
          all.remove();
        } else {
          candidates.add(new Candidate(each.order(), piece));
        }
      }
    }
  }

  private static void addPieces(RowOrder order, Chain chain, List<Candidate> candidates) {
    for (Piece piece : chain.pieces()) {
      if (!piece.isSpilled()) {
        candidates.add(new Candidate(order, piece));
      }
    }
  }

  private void spill(List<Candidate> candidates, long bytesWanted) {
    List<Candidate> unused = new ArrayList<>();
    List<Candidate> used = new ArrayList<>();
    for (Candidate each : candidates) {
      if (each.piece().bytes() >= partBytes / NOT_WORTH_A_READ) {
        (each.piece().takeUsed() ? used : unused).add(each);
      }
    }
    Comparator<Candidate> largestFirst =
        Comparator.comparingLong((Candidate each) -> each.piece().bytes()).reversed();
    unused.sort(largestFirst);
    used.sort(largestFirst);
    unused.addAll(used);
    long left = bytesWanted;
    for (Candidate each : unused) {
      if (left <= 0 || !each.piece().spillTo(each.order(), this)) {
        return;
      }
      left -= each.piece().bytes();
    }
  }

  /**
   * Whether state of so many bytes in a checkpoint is better read at once than when asked for;
   * {@link #reserve} then counts it.
   */
  boolean isReadAtOnce(long bytes) {
    synchronized (lock) {
      return storage == null || (bytes < PIECE_BYTES_SMALL && newBytes + bytes <= partBytes);
    }
  }

  @Override
  public Optional<Place> write(RowOrder order, Run rows) {
    return written(file -> file.append(order.schema(), rows));
  }

  @Override
  public Optional<UnsortedPlace> writeUnsorted(RowOrder order, Batch rows) {
    return written(file -> file.append(order, rows));
  }

  private <P> Optional<P> written(Function<SpillFile, P> append) {
    synchronized (writing) {
      try {
        openFiles.requireOpen();
        SpillFile file = current;
        if (file != null && file.end >= FILE_BYTES_MAX) {
          endFile();
          file = null;
        }
        if (file == null) {
          file = newFile();
          current = file;
        }
        return Optional.of(append.apply(file));
      } catch (FreshetException e) {
        endFile(); // what comes next begins another
        openFiles.requireOpen();
        if (e.code() != ErrorCode.DISK_FULL) {
          throw e;
        }
        return Optional.empty();
      }
    }
  }

  private void endFile() {
    if (current != null) {
      current.writer.close();
      current = null;
    }
  }

  private SpillFile newFile() {
    Check.that(storage != null, "only a limited memory spills");
    stale.delete(); // one may have this name, and all have room on the disk
    String path = directory + "/" + prefix + String.format("%016x", nextFile++);
    return SpillFile.create(this, Objects.requireNonNull(storage), path);
  }

  @Override
  public void wasRead(Piece piece, Run rows) {
    synchronized (lock) {
      if (piece.isResident()) {
        return;
      }
      if (piece.hasHome() && reserve(rows.bytes())) {
        piece.adopt(rows);
        return;
      }
      piece.keep(rows);
      readBack.add(piece);
      readBackBytes += piece.bytes();
      while (readBackBytes > partBytes) {
        Piece oldest = readBack.remove();
        if (oldest.takeUsed()) {
          readBack.add(oldest);
        } else {
          oldest.release();
          readBackBytes -= oldest.bytes();
        }
      }
    }
  }

  @Override
  public boolean takes(RowOrder order, Piece piece) {
    synchronized (lock) {
      if (!reserve(piece.bytes())) {
        return false;
      }
      making.add(new Making(order, new WeakReference<>(piece)));
      return true;
    }
  }

  /** Whether memory has room for so many bytes of state; they then count as new. */
  boolean reserve(long bytes) {
    synchronized (lock) {
      if (newBytes + bytes > partBytes) {
        return false;
      }
      newBytes += bytes;
      return true;
    }
  }

  @Override
  public long pieceBytes() {
    return Math.clamp(partBytes / 16, PIECE_BYTES_LEAST, PIECE_BYTES_MOST);
  }

  @Override
  public long windowBytes() {
    return partBytes / 2 / readers;
  }

  /** Pieces that were written one after the other, by one thread at a time. */
  private static final class SpillFile {
    private final StateMemory memory;
    private final String path;
    private final Storage.File writer;
    private final Storage.File reader;
    private long end = RunFile.HEADER_BYTES;

    private SpillFile(StateMemory memory, String path, Storage.File writer, Storage.File reader) {
      this.memory = memory;
      this.path = path;
      this.writer = writer;
      this.reader = reader;
    }

    static SpillFile create(StateMemory memory, Storage storage, String path) {
      Object owner = new Object();
      String name = storage.root() + "/" + path;
      Storage.File writer = FILES.create(name, owner, () -> storage.create(path));
      try {
        RunFile.writeHeader(writer);
        Storage.File reader = storage.openRead(path);
        SpillFile file = new SpillFile(memory, path, writer, reader);
        memory.openFiles.add(file, new Deletion(storage, path, name, owner, writer, reader));
        return file;
      } catch (RuntimeException e) {
        writer.close();
        FILES.delete(name, owner, () -> storage.delete(path));
        throw e;
      }
    }

    Place append(Schema schema, Run rows) {
      BlockIndex blocks = RunFile.write(writer, end, rows);
      var position = new RunFile.Position(path, end, blocks.length());
      end += blocks.length();
      return new PieceInFile(this, reader, position, blocks, schema, memory);
    }

    UnsortedPlace append(RowOrder order, Batch rows) {
      long length = RunFile.writeUnsorted(writer, end, rows);
      var position = new RunFile.Position(path, end, length);
      end += length;
      return new UnsortedInFile(this, reader, position, order, memory);
    }
  }

  /** What is done when nothing names a file any more. */
  private record Deletion(
      Storage storage,
      String path,
      String name,
      Object owner,
      Storage.File writer,
      Storage.File reader)
      implements Runnable {
    @Override
    public void run() {
      try {
        writer.close();
      } finally {
        try {
          reader.close();
        } finally {
          FILES.delete(name, owner, () -> storage.delete(path));
        }
      }
    }
  }
}
