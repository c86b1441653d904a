package dev.freshet.runtime.sink;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a sink has still to get, durable on disk before it gets them, in a log of their
 * own below one directory. So checkpoints need not wait for the sink, and after a crash it gets the
 * same steps, cut the same way, as before.
 *
 * <pre>
 *              begin(content of step n)                   lose: too much waits, other content, a fault
 *   EMPTY  --------------------------------> RECORDING --------------------------------> LOST
 *     ^                                                                                    |
 *     '------------------------ clear: what is there counts for nothing --------------------'
 * </pre>
 *
 * <p>Until LOST is cleared, durably, a checkpoint still waits for what is not there any more; so a
 * crash never finds a gap that looks like none.
 *
 * <p>Told of steps by one thread, read by another; {@link #state}, {@link #durableStep} and the
 * counts may be asked by any.
 */
final class Outbox implements AutoCloseable {
  private static final String SOURCE = "sink";
  private static final String BASE = "/base";
  private static final String LOG = "/log";
  private static final long SEGMENT_BYTES = 16L << 20;
  private static final LogSettings SETTINGS =
      LogSettings.DEFAULT
          .withSegmentBytes(SEGMENT_BYTES)
          .withWaitingBytesMax(8 << 20)
          .withReadBlockBytes(128 << 10)
          .withRetention(RetentionPolicy.NOTHING);

  private final Storage storage;
  private final String directory;
  private final Clock clock;
  private final long bytesMax;
  private final Limits limits;
  private final ByteWriter scratch = new ByteWriter(1 << 10);

  // Written under this object's monitor.
  private volatile State state = State.EMPTY;
  private volatile @Nullable OutboxBase base;
  private volatile @Nullable EmbeddedLog log;
  private volatile OutboxMark written = OutboxMark.atBase(0);
  private volatile OutboxMark delivered = OutboxMark.atBase(0);
  private volatile String lostWhy = "";
  private boolean isClosed;

  /** After a start so much of what is held may have been delivered, until the sink is asked. */
  private volatile long unsureBytes;

  private long lastStep;
  private long durableStep;
  private Candidate candidate = new Candidate(0, 0);
  private long notedStep;

  /** Of whoever reads. */
  private @Nullable LogReader reader;

  /** What a start found: a sink that is further than this took steps that are not ours. */
  private long stepAtOpen;

  enum State {
    EMPTY,
    RECORDING,
    LOST
  }

  /**
   * @param recordBytes of one record, about
   * @param heldBytes of a group that is held in memory, at most
   * @param batchRows rows that are handed over together, at most, where a record has fewer
   */
  record Limits(int recordBytes, int heldBytes, int batchRows) {
    static final Limits DEFAULT = new Limits(4 << 20, 8 << 20, 10_000);
  }

  /** Once the log is durable up to the offset, the step is. */
  private record Candidate(long offset, long step) {}

  /**
   * @param directory below which all of it lies
   * @param bytesMax of changes that may wait; past them they are given up
   */
  Outbox(Storage storage, String directory, Clock clock, long bytesMax) {
    this(storage, directory, clock, bytesMax, Limits.DEFAULT);
  }

  Outbox(Storage storage, String directory, Clock clock, long bytesMax, Limits limits) {
    this.limits = limits;
    this.storage = storage;
    this.directory = directory;
    this.clock = clock;
    this.bytesMax = bytesMax;
  }

  /**
   * Takes up what an earlier process left, if it is whole and of a relation that computes the same.
   *
   * @param stepMin steps from this one on come: when some are missing before it, they stay so
   * @param stepMax what is of a later step is of other input
   * @return the last step that is held durably; empty when nothing is
   */
  synchronized OptionalLong open(String identity, long stepMin, long stepMax) {
    Optional<OutboxBase> found = OutboxBase.read(storage, directory + BASE);
    if (found.isEmpty() || !found.get().identity().equals(identity)) {
      forgetBase();
      return OptionalLong.empty();
    }
    try {
      EmbeddedLog opened = EmbeddedLog.open(storage, directory + LOG, clock, SETTINGS);
      takeUp(opened, found.get());
    } catch (FreshetException e) { // damaged: the sink gets the whole content instead
      forgetBase();
      return OptionalLong.empty();
    }
    if (durableStep < stepMin || durableStep > stepMax) {
      closeLog();
      forgetBase();
      return OptionalLong.empty();
    }
    return OptionalLong.of(durableStep);
  }

  private void takeUp(EmbeddedLog opened, OutboxBase from) {
    log = opened;
    base = from;
    OutboxMark start = OutboxMark.atBase(from.step());
    written =
        opened
            .lastPosition(SOURCE)
            .map(position -> OutboxMark.read(position.position()))
            .orElse(start);
    delivered = beforeHeld(opened, written);
    unsureBytes = SEGMENT_BYTES;
    lastStep = written.through();
    durableStep = lastStep;
    notedStep = lastStep;
    stepAtOpen = written.step();
    candidate = new Candidate(0, lastStep);
    if (opened.endOffset() > 0) {
      append(opened, written, Part.RESTART, 0, 0); // parts of a step without its end are void
    }
    lostWhy = "";
    state = State.RECORDING;
  }

  /** Where what is held begins: all before it was delivered by an earlier process. */
  private static OutboxMark beforeHeld(EmbeddedLog opened, OutboxMark written) {
    try (LogReader in = opened.read(opened.startOffset())) {
      while (in.next()) {
        if (in.part() != Part.RESTART && in.length() > 0) {
          OutboxMark first = OutboxMark.read(in.position());
          return new OutboxMark(
              first.before(),
              first.before(),
              first.rows() - in.rowCount(),
              first.bytes() - in.length(),
              first.before());
        }
      }
    }
    return written;
  }

  /** Makes ready for {@link #begin}; when EMPTY. Not on the thread that makes steps. */
  synchronized void prepare() {
    wipe();
    storage.createDirectories(directory + LOG);
    log = EmbeddedLog.open(storage, directory + LOG, clock, SETTINGS);
  }

  /** From now on holds the changes of all steps behind this one; after {@link #prepare}. */
  synchronized SinkPosition begin(String generation, long step, String identity) {
    EmbeddedLog prepared = log;
    if (state != State.EMPTY || prepared == null) {
      throw new IllegalStateException("an outbox begins when it is empty: " + state);
    }
    OutboxBase from = new OutboxBase(generation, step, identity);
    from.write(storage, directory + BASE);
    takeUp(prepared, from);
    stepAtOpen = Long.MAX_VALUE; // no other process has used this generation
    unsureBytes = 0;
    return new SinkPosition(generation, step);
  }

  /** Takes a step in which nothing changed; passes over one that it has. */
  void onStep(long step) {
    if (state == State.RECORDING) {
      synchronized (this) {
        lastStep = Math.max(lastStep, step);
      }
    }
  }

  /**
   * Takes a step's changes; passes over a step that it has. Never throws: what cannot be kept makes
   * it LOST.
   *
   * @param schema of what the sink writes; changes with other columns are of something else
   */
  void onStep(long step, Batch changes, Schema schema) {
    if (state == State.RECORDING) { // else another thread may be clearing it
      take(step, changes, schema);
    }
  }

  private synchronized void take(long step, Batch changes, Schema schema) {
    EmbeddedLog to = log;
    if (state != State.RECORDING || to == null || step <= lastStep) {
      return;
    }
    if (!changes.schema().hasSameColumns(schema)) {
      lose("its columns have changed");
      return;
    }
    try {
      if (!changes.isEmpty()) {
        append(to, step, changes);
        notedStep = step;
      }
      lastStep = step;
    } catch (FreshetException e) {
      lose("changes could not be kept on disk: " + e.getMessage());
    }
    if (bytesBehind() > bytesMax + unsureBytes) {
      lose("more than " + bytesMax + " bytes of changes waited");
    }
  }

  /** Rows that go first, then those that come: in parts, the last change of a key still counts. */
  private void append(EmbeddedLog to, long step, Batch changes) {
    int rows = changes.rowCount();
    int rowsOfPart =
        (int) Math.max(1, rows * (long) limits.recordBytes() / Math.max(1, changes.bytes()));
    OutboxMark before = written;
    BatchBuilder part = new BatchBuilder(changes.schema(), Math.min(rows, rowsOfPart));
    int taken = 0;
    OutboxMark at = before;
    for (int sign = -1; sign <= 1; sign += 2) {
      for (int row = 0; row < rows; row++) {
        long weight = changes.weight(row);
        if (Long.signum(weight) == sign) {
          part.append(changes, row, weight);
          taken++;
          if (part.rowCount() == rowsOfPart && taken < rows) {
            at = append(to, before.step(), at, step, part.build(), Part.MORE);
          }
        }
      }
    }
    written = append(to, before.step(), at, step, part.build(), Part.LAST);
  }

  private OutboxMark append(
      EmbeddedLog to, long before, OutboxMark after, long step, Batch rows, Part part) {
    scratch.clear();
    BatchCodec.write(scratch, rows);
    OutboxMark mark =
        new OutboxMark(
            before, step, after.rows() + rows.rowCount(), after.bytes() + scratch.length(), step);
    append(to, mark, part, scratch.length(), rows.rowCount());
    return mark;
  }

  private void append(EmbeddedLog to, OutboxMark mark, Part part, int length, int rows) {
    to.append(
        new LogRecord(
            SOURCE, mark.toBytes(), part, clock.wallMicros(), rows, scratch.array(), 0, length));
  }

  /**
   * Makes durable what it was told of, also that nothing has changed. From any thread.
   *
   * @return whether it is durable, or there is nothing; else it can be tried again
   */
  boolean flush() {
    EmbeddedLog present = log;
    if (state != State.RECORDING || present == null) {
      return true;
    }
    try {
      noteLastStep();
      present.flush();
      return true;
    } catch (FreshetException e) {
      if (e.code() == ErrorCode.STORAGE_FAILED) {
        lose("changes could not be kept on disk: " + e.getMessage());
      }
      return false;
    }
  }

  private synchronized void noteLastStep() {
    EmbeddedLog to = log;
    if (state == State.RECORDING && to != null && lastStep > notedStep) {
      OutboxMark mark =
          new OutboxMark(
              written.before(), written.step(), written.rows(), written.bytes(), lastStep);
      append(to, mark, Part.LAST, 0, 0);
      notedStep = lastStep;
    }
  }

  /** Gives up what waits. From any thread. */
  synchronized void lose(String why) {
    if (state == State.RECORDING) {
      state = State.LOST;
      lostWhy = why;
    }
  }

  /**
   * Forgets, durably, that what was given up counted; when LOST. Whoever reads may go on reading
   * until it calls {@link #wipe}. Not on the thread that makes steps.
   */
  synchronized void clear() {
    if (state == State.LOST) {
      requireOpen();
      forgetBase();
    }
  }

  /** Frees the disk of what counts for nothing; by whoever reads, when EMPTY. */
  synchronized void wipe() {
    requireOpen();
    closeLog();
    List<String> files = storage.list(directory + LOG);
    if (!files.isEmpty()) {
      files.forEach(file -> storage.delete(directory + LOG + "/" + file));
      storage.syncDirectory(directory + LOG);
    }
  }

  private void forgetBase() {
    if (storage.exists(directory + BASE)) {
      storage.delete(directory + BASE);
      storage.syncDirectory(directory);
    }
    base = null;
    state = State.EMPTY;
    written = OutboxMark.atBase(0);
    delivered = written;
  }

  State state() {
    return state;
  }

  /** Why it was given up last; empty when it was not since it began. */
  String lostWhy() {
    return lostWhy;
  }

  /** As {@link dev.freshet.runtime.dataflow.StepOutput#durableStep}. */
  synchronized long durableStep() {
    Log present = log;
    if (state == State.EMPTY) {
      return Long.MAX_VALUE;
    }
    if (state == State.RECORDING && present != null) {
      for (int look = 0; look < 2; look++) {
        if (present.durableOffset() >= candidate.offset()) {
          durableStep = candidate.step();
          candidate = new Candidate(present.endOffset(), notedStep);
        }
      }
    }
    return durableStep;
  }

  /** The last step that it was told of. */
  synchronized long lastStep() {
    return lastStep;
  }

  /** Whether the sink has all that it was told of; not while it gets the whole content. */
  boolean isDelivered() {
    return state == State.RECORDING && rowsBehind() == 0;
  }

  /** Rows that are held and not delivered. */
  long rowsBehind() {
    return state == State.RECORDING ? Math.max(0, written.rows() - delivered.rows()) : 0;
  }

  /** Bytes that are held and not delivered. */
  long bytesBehind() {
    return state == State.RECORDING ? Math.max(0, written.bytes() - delivered.bytes()) : 0;
  }

  /**
   * Goes on behind what a sink has taken. {@code false} when it cannot: it took other steps, or
   * some that are not held any more.
   */
  boolean seek(SinkPosition taken) {
    closeReader();
    OutboxBase from = base;
    EmbeddedLog present = log;
    if (state != State.RECORDING
        || from == null
        || present == null
        || !taken.generation().equals(from.generation())
        || taken.step() < from.step()
        || taken.step() > Math.min(stepAtOpen, written.step())) {
      return false;
    }
    stepAtOpen = Long.MAX_VALUE; // from now on it moves by us alone
    unsureBytes = 0;
    LogReader in = present.read(present.startOffset());
    reader = in;
    OutboxMark last = null;
    long start = in.nextOffset();
    while (in.next()) {
      if (in.part() != Part.RESTART) {
        OutboxMark mark = OutboxMark.read(in.position());
        if (mark.step() > taken.step()) {
          delivered =
              new OutboxMark(
                  taken.step(),
                  taken.step(),
                  mark.rows() - in.rowCount(),
                  mark.bytes() - in.length(),
                  taken.step());
          in.close();
          reader = present.read(start);
          return in.length() > 0 && mark.before() == taken.step();
        }
        last = mark;
      }
      start = in.nextOffset();
    }
    in.close();
    reader = present.read(start);
    boolean isBegin = taken.step() == from.step();
    delivered =
        last != null
            ? last
            : new OutboxMark(
                taken.step(),
                taken.step(),
                isBegin ? 0 : written.rows(),
                isBegin ? 0 : written.bytes(),
                taken.step());
    return last == null || last.step() == taken.step();
  }

  /**
   * The changes of the next step, and of those behind it that are durable, up to a bound of rows.
   *
   * @param toStep no step behind this one, where the same as before have to come again
   */
  Optional<OutboxGroup> next(int rowsMax, long toStep, Schema schema) {
    LogReader in = reader;
    if (state != State.RECORDING || in == null) {
      return Optional.empty();
    }
    Collected collected = new Collected(in.nextOffset());
    while (!collected.isEnough(rowsMax, toStep) && in.next()) {
      switch (in.part()) {
        case RESTART -> {
          collected.dropUnfinished(in.offset());
          collected.pass(in.nextOffset());
        }
        case MORE -> collected.add(in);
        case LAST -> {
          if (in.length() == 0) {
            collected.pass(in.nextOffset());
            continue;
          }
          OutboxMark mark = OutboxMark.read(in.position());
          if (mark.before() != delivered.step() && collected.isEmpty()) {
            lose(
                "changes between steps "
                    + delivered.step()
                    + " and "
                    + mark.before()
                    + " are gone");
            return Optional.empty();
          }
          collected.add(in);
          collected.endStep(in.nextOffset(), mark);
        }
      }
    }
    Optional<OutboxGroup> group = collected.group(schema);
    if (in.nextOffset() != collected.toOffset()) { // parts of the following step come again
      EmbeddedLog present = log;
      in.close();
      reader = present == null ? null : present.read(collected.toOffset());
    }
    return group;
  }

  /** The records of a group: held in memory while they are few, else read again. */
  private final class Collected {
    private final long fromOffset;
    private final List<byte[]> held = new ArrayList<>();
    private final List<Gap> voids = new ArrayList<>();
    private long unfinishedOffset = -1;
    private long toOffset;
    private @Nullable OutboxMark mark;
    private int finished;
    private long bytes;

    /** Parts of a step whose end a crash kept from coming. */
    private record Gap(long from, long to) {}

    Collected(long fromOffset) {
      this.fromOffset = fromOffset;
      this.toOffset = fromOffset;
    }

    void add(LogReader in) {
      bytes += in.length();
      unfinishedOffset = unfinishedOffset < 0 ? in.offset() : unfinishedOffset;
      if (isLarge()) {
        held.clear();
        finished = 0;
      } else {
        byte[] copy = new byte[in.length()];
        System.arraycopy(in.bytes(), in.start(), copy, 0, copy.length);
        held.add(copy);
      }
    }

    void endStep(long nextOffset, OutboxMark end) {
      finished = held.size();
      unfinishedOffset = -1;
      toOffset = nextOffset;
      mark = end;
    }

    void dropUnfinished(long offset) {
      if (unfinishedOffset >= 0) {
        voids.add(new Gap(unfinishedOffset, offset));
        unfinishedOffset = -1;
        held.subList(finished, held.size()).clear();
      }
    }

    /** Nothing of a step stands there. */
    void pass(long nextOffset) {
      toOffset = nextOffset;
    }

    boolean isEmpty() {
      return mark == null;
    }

    long toOffset() {
      return toOffset;
    }

    boolean isEnough(int rowsMax, long toStep) {
      OutboxMark end = mark;
      return end != null
          && (end.rows() - delivered.rows() >= rowsMax || isLarge() || end.step() >= toStep);
    }

    private boolean isLarge() {
      return bytes > limits.heldBytes();
    }

    Optional<OutboxGroup> group(Schema schema) {
      OutboxMark end = mark;
      return end == null
          ? Optional.empty()
          : Optional.of(new OutboxGroup(toOffset, end, rows(schema)));
    }

    private dev.freshet.deliver.Rows rows(Schema schema) {
      if (isLarge()) {
        return batches -> readAgain(this, schema, batches);
      }
      List<byte[]> records = List.copyOf(held.subList(0, finished));
      return batches -> {
        Joined joined = new Joined(schema, batches);
        records.forEach(bytesOfOne -> joined.add(decode(bytesOfOne, 0, bytesOfOne.length, schema)));
        joined.end();
      };
    }

    private boolean isVoid(long offset) {
      return voids.stream().anyMatch(gap -> offset >= gap.from() && offset <= gap.to());
    }
  }

  private void readAgain(Collected collected, Schema schema, Consumer<Batch> batches) {
    EmbeddedLog present = log;
    if (present == null) {
      return;
    }
    Joined joined = new Joined(schema, batches);
    try (LogReader in = present.read(collected.fromOffset)) {
      while (in.nextOffset() < collected.toOffset && in.next()) {
        if (in.length() > 0 && !collected.isVoid(in.offset())) {
          joined.add(decode(in.bytes(), in.start(), in.length(), schema));
        }
      }
    }
    joined.end();
  }

  private static Batch decode(byte[] bytes, int start, int length, Schema schema) {
    return BatchCodec.read(new ByteReader(bytes, start, length), schema);
  }

  /** Small batches become larger ones, in their order. */
  private final class Joined {
    private final Schema schema;
    private final Consumer<Batch> batches;
    private final List<Batch> waiting = new ArrayList<>();
    private int rows;
    private long bytes;

    Joined(Schema schema, Consumer<Batch> batches) {
      this.schema = schema;
      this.batches = batches;
    }

    void add(Batch batch) {
      if (rows + batch.rowCount() > limits.batchRows()
          || bytes + batch.bytes() > limits.recordBytes()) {
        end();
      }
      waiting.add(batch);
      rows += batch.rowCount();
      bytes += batch.bytes();
    }

    void end() {
      if (!waiting.isEmpty()) {
        batches.accept(waiting.size() == 1 ? waiting.getFirst() : Rows.concat(schema, waiting));
        waiting.clear();
        rows = 0;
        bytes = 0;
      }
    }
  }

  /** The sink has taken a group: it is not needed any more. Returns how many rows it had. */
  long delivered(OutboxGroup group) {
    long rows = group.mark().rows() - delivered.rows();
    delivered = group.mark();
    EmbeddedLog present = log;
    if (present != null) {
      present.retain(group.toOffset());
    }
    return rows;
  }

  private void closeReader() {
    LogReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }

  private void closeLog() {
    closeReader();
    EmbeddedLog open = log;
    log = null;
    if (open != null) {
      try {
        open.close();
      } catch (FreshetException e) {
        // what it could not keep is given up, or told by the step that it has
      }
    }
  }

  /** The files may be another process's by now. */
  private void requireOpen() {
    if (isClosed) {
      throw new FreshetException(ErrorCode.NOT_RUNNING, "The outbox is closed.");
    }
  }

  /** From now on nothing of it is written or deleted, whoever still comes. */
  @Override
  public synchronized void close() {
    isClosed = true;
    closeLog();
  }
}
