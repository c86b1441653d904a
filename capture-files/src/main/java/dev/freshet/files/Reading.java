package dev.freshet.files;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.files.FilePosition.Ending;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.format.CsvStyle;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.format.FileReader;
import dev.freshet.files.format.FileRows;
import dev.freshet.files.format.Place;
import dev.freshet.files.format.RowBatch;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FileStore.WhenReplaced;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way, a piece at a time: its content is hashed, then all of it is decoded once to
 * see whether it is sound, and only then its rows are delivered. So no row of a damaged file is
 * delivered, and a file of any size passes in bounded memory. One thread owns it.
 *
 * <pre>
 *   a whole file     HASH -> CHECK -> DELIVER batch, batch, ..., last batch
 *   one that grows   HASH of what was read -> CHECK of whole rows -> HASH up to them -> DELIVER
 *
 *   HASH    known content: nothing is to be read
 *   CHECK   FileProblem: quarantined, or waited for
 * </pre>
 */
final class Reading implements AutoCloseable {
  /** Decoded batches of a small file are delivered without decoding them again. */
  private static final long KEPT_TEXT_BYTES = 4L << 20;

  /** Of a file that grows, at once: others wait meanwhile. */
  private static final long PORTION_BYTES = 64L << 20;

  private final Surroundings around;
  private final TableDecoder decoder;
  private final FoundFile found;
  private final String table;
  private final Folder.Growth growth;
  private final Optional<FilePosition> before;
  private final OpenFile file;
  private final StillSame stillSame;
  private MessageDigest running = Digest.start();
  private final ArrayDeque<Decoded> kept = new ArrayDeque<>();
  private long hashed;
  private long hashNanos;

  /** Of the part that was read before; null while it is not known. */
  private @Nullable Digest prefix;

  private @Nullable FileIdentity identity;

  /** What was read before and still holds; its rows stand in the tables. */
  private Optional<FilePosition> base;

  private Place start = Place.START;

  /** Behind the bytes that are read now. */
  private long end;

  private Optional<CsvStyle> style = Optional.empty();
  private Ending ending = Ending.WITHIN_LINE;
  private @Nullable FileRows rows;
  private boolean isBegun;
  private boolean keeps = true;
  private long keptBytes;
  private long rowsInAll;
  private long refusedInCheck;
  private long refused;
  private Place place = Place.START;
  private Stage stage = Stage.HASH;

  private enum Stage {
    HASH,
    CHECK,
    HASH_ROWS,
    DELIVER
  }

  private record Decoded(TableChanges changes, Place after) {}

  /** What readings share. */
  record Surroundings(
      FileStore store, FilesSettings settings, Clock clock, RunningDigests digests) {}

  private Reading(
      Surroundings around,
      TableDecoder decoder,
      FoundFile found,
      String table,
      Folder.Growth growth,
      Optional<FilePosition> before) {
    this.around = around;
    this.decoder = decoder;
    this.found = found;
    this.table = table;
    this.growth = growth;
    this.before = before;
    this.base = before.filter(FilePosition::hasTaken);
    this.end = found.bytes();
    this.file = around.store().open(found);
    this.stillSame = new StillSame(around.store(), around.clock(), file, found);
  }

  /**
   * Begins with a file.
   *
   * @param before what became of the file of this path before
   */
  static Reading begin(
      Surroundings around,
      TableDecoder decoder,
      Folder.Candidate candidate,
      Optional<FilePosition> before) {
    return new Reading(
        around, decoder, candidate.file(), candidate.table(), candidate.growth(), before);
  }

  /** Goes on with a file whose rows were delivered up to a place. */
  static Reading resume(Surroundings around, TableDecoder decoder, FilePosition from) {
    FileIdentity file = from.file();
    Reading reading =
        new Reading(
            around, decoder, file.found(), file.table(), Folder.Growth.SETTLED, Optional.of(from));
    reading.identity = file;
    reading.style = from.style();
    reading.ending = from.endsLine();
    reading.rowsInAll = from.rowsInAll();
    reading.refused = from.refused();
    reading.place = from.place();
    reading.keeps = false;
    reading.isBegun = true;
    reading.stage = Stage.DELIVER;
    return reading;
  }

  FoundFile found() {
    return found;
  }

  String table() {
    return table;
  }

  /** Whether it is read while it grows. */
  boolean isGrowing() {
    return growth != Folder.Growth.SETTLED;
  }

  /** How long it took to read the part that was read before, and the rest of a whole file. */
  long hashNanos() {
    return hashNanos;
  }

  Folder.Growth growth() {
    return growth;
  }

  /** Whether some of its rows were delivered. */
  boolean isBegun() {
    return isBegun;
  }

  /**
   * What became of it when it cannot be read on. What was read before stays known, with its place,
   * so that the rest can be read when it is mended.
   */
  FilePosition setAside() {
    if (isBegun) {
      return position(Outcome.ABANDONED);
    }
    if (base.isEmpty()) {
      return FilePosition.untaken(FileIdentity.untaken(table, found));
    }
    FilePosition was = base.get();
    FileIdentity known = was.file();
    return was.of(
        FileIdentity.of(table, found, known.digested(), known.digest()),
        was.isComplete() ? Outcome.QUARANTINED : Outcome.ABANDONED);
  }

  /**
   * Does a piece of work.
   *
   * @throws FileProblem when the file cannot be read to its end; nothing of it was delivered unless
   *     {@link #isBegun}
   */
  Outcomes work(KnownFiles known) {
    return switch (stage) {
      case HASH -> {
        long began = around.clock().nanos();
        Outcomes outcome = isGrowing() ? hashRead() : hash(known);
        hashNanos += around.clock().nanos() - began;
        yield outcome;
      }
      case CHECK -> check();
      case HASH_ROWS -> hashRows();
      case DELIVER -> deliver();
    };
  }

  private long mark() {
    return base.map(position -> position.file().digested()).orElse(0L);
  }

  private Outcomes hash(KnownFiles known) {
    long mark = mark();
    hashUpTo(hashed < mark ? Math.min(mark, end) : end);
    if (hashed == mark) {
      prefix = Digest.soFar(running);
    }
    if (hashed < end) {
      return Outcomes.WORKING;
    }
    Digest digest = Digest.soFar(running);
    FileIdentity full = FileIdentity.of(table, found, hashed, digest);
    identity = full;
    ending = endsLine(end) ? Ending.WITH_LINE : Ending.WITHIN_LINE;
    boolean countsCopies = around.settings().duplicates() == FilesSettings.Duplicates.SKIP;
    return begin(
        Beginning.of(
            full,
            before,
            isUnchangedUpToMark(),
            countsCopies ? known.furthest(table, digest) : Optional.empty(),
            FileReader.mayGrow(around.settings().format(), found.name())));
  }

  /** Of a file that grows only the part that was read: where whole rows end is not known yet. */
  private Outcomes hashRead() {
    long mark = mark();
    if (end < mark) {
      return replaced();
    }
    MessageDigest known =
        hashed == 0 && mark > 0 ? around.digests().find(base.orElseThrow().file(), file) : null;
    if (known != null) {
      running = known;
      hashed = mark;
    } else if (hashed < mark) {
      hashUpTo(Math.min(mark, end));
    }
    if (hashed < mark) {
      return Outcomes.WORKING;
    }
    prefix = Digest.soFar(running);
    if (mark == 0) {
      return begin(new Beginning.AtStart());
    }
    return isUnchangedUpToMark() ? begin(new Beginning.Behind(base.orElseThrow())) : replaced();
  }

  /**
   * What grows in the place of a file that was read is like a new one, once it does that for long.
   */
  private Outcomes replaced() {
    if (growth != Folder.Growth.GROWING_ANEW) {
      return Outcomes.REPLACED;
    }
    running = Digest.start();
    hashed = 0;
    return begin(new Beginning.AtStart());
  }

  private boolean isUnchangedUpToMark() {
    return base.filter(was -> was.file().digest().equals(prefix)).isPresent();
  }

  private void hashUpTo(long to) {
    hashed += Digest.add(running, file, hashed, to);
  }

  private boolean endsLine(long position) {
    byte[] last = new byte[1];
    return position > 0 && file.read(position - 1, last, 0, 1) == 1 && last[0] == '\n';
  }

  private Outcomes begin(Beginning beginning) {
    switch (beginning) {
      case Beginning.Nowhere(FilePosition position) -> {
        return new Outcomes.Known(position);
      }
      case Beginning.AtStart _ -> base = Optional.empty();
      case Beginning.Behind(FilePosition was) -> {
        base = Optional.of(was);
        requireWholeLine(was);
        start = was.place();
        style = was.style();
        rowsInAll = was.place().row();
      }
    }
    place = start;
    if (isGrowing()) {
      end = Math.min(end, Math.max(start.offset(), mark()) + PORTION_BYTES);
    }
    stage = Stage.CHECK;
    return Outcomes.WORKING;
  }

  /** What follows a line that was read without its end would be taken for a row of its own. */
  private void requireWholeLine(FilePosition was) {
    long read = was.file().digested();
    boolean mayBeTorn =
        was.isComplete() && was.endsLine() == Ending.WITHIN_LINE && read < found.bytes();
    if (!mayBeTorn) {
      return;
    }
    byte[] next = new byte[1];
    file.read(read, next, 0, 1);
    if (next[0] != '\n' && next[0] != '\r') {
      throw FileProblem.corrupt(
          "it grew in the middle of a line: its "
              + was.place().row()
              + " rows were read when its last line had no end, and what follows belongs to"
              + " that line. Write line ends with the lines, or move files in when they are"
              + " done");
    }
  }

  private FileRows open(Place from) {
    boolean isOpenEnded = isGrowing() && stage == Stage.CHECK;
    return FileReader.open(
        file,
        new FileReader.Request(
            found.name(),
            end,
            isOpenEnded ? FileReader.Tail.OPEN : FileReader.Tail.CLOSED,
            around.settings().format(),
            decoder.columns(),
            style,
            from));
  }

  private FileRows rows(Place from) {
    FileRows opened = rows;
    if (opened == null) {
      opened = open(from);
      rows = opened;
      style = opened.style();
    }
    return opened;
  }

  private void closeRows() {
    FileRows opened = rows;
    rows = null;
    if (opened != null) {
      opened.close();
    }
  }

  private Outcomes check() {
    Optional<RowBatch> batch = rows(start).next();
    if (batch.isEmpty()) {
      closeRows();
      return checked();
    }
    TableChanges changes = decoder.decode(found.path(), batch.get());
    rowsInAll = batch.get().after().row();
    place = batch.get().after();
    refusedInCheck += changes.rejected().size();
    long most = around.settings().refusedMax();
    if (refusedInCheck > most) {
      throw FileProblem.corrupt(
          "more than "
              + most
              + " of its rows do not fit table "
              + table
              + " (max-refused-rows). The last of them: "
              + changes.rejected().getLast().reason());
    }
    keptBytes += batch.get().text().length;
    keeps &= keptBytes <= KEPT_TEXT_BYTES;
    if (keeps) {
      kept.add(new Decoded(changes, batch.get().after()));
    } else {
      kept.clear();
    }
    return Outcomes.WORKING;
  }

  private Outcomes checked() {
    if (isGrowing()) {
      end = place.offset();
      stage = Stage.HASH_ROWS;
      if (end <= mark()) {
        return Outcomes.LATER;
      }
    } else {
      stage = Stage.DELIVER;
    }
    place = start;
    return Outcomes.WORKING;
  }

  private Outcomes hashRows() {
    hashUpTo(end);
    if (hashed < end) {
      return Outcomes.WORKING;
    }
    identity =
        new FileIdentity(
            table,
            found.path(),
            end,
            found.modifiedMicros(),
            found.tag(),
            end,
            Digest.soFar(running));
    ending = Ending.WITH_LINE;
    stage = Stage.DELIVER;
    return Outcomes.WORKING;
  }

  private Outcomes deliver() {
    boolean mayChange = around.store().whenReplaced() == WhenReplaced.READS_ON && !isGrowing();
    boolean isToSettle = !isBegun && mayChange;
    if (isToSettle && around.store().find(found.path()).filter(this::isOther).isPresent()) {
      throw FileProblem.corrupt("it changed before it was read"); // it is looked at again
    }
    if (mayChange && !stillSame.isSo(identity().digest())) {
      return Outcomes.WORKING;
    }
    if (place.row() == rowsInAll) {
      return done(Optional.empty()); // a file without rows
    }
    Decoded next = keeps ? kept.remove() : decodeNext();
    isBegun = true;
    place = next.after();
    refused += next.changes().rejected().size();
    return place.row() >= rowsInAll
        ? done(Optional.of(next.changes()))
        : new Outcomes.Rows(Optional.of(next.changes()), position(Outcome.READING));
  }

  /** What only grew behind a whole line is read up to there, or one that goes on so never were. */
  private boolean isOther(FoundFile now) {
    boolean onlyGrew =
        now.bytes() > found.bytes()
            && ending == Ending.WITH_LINE
            && FileReader.mayGrow(around.settings().format(), found.name());
    return !now.equals(found) && !onlyGrew;
  }

  private Outcomes done(Optional<TableChanges> changes) {
    if (hashed == identity().digested()
        && FileReader.mayGrow(around.settings().format(), found.name())) {
      around.digests().put(found.path(), running, file, hashed);
    }
    return new Outcomes.Rows(changes, position(Outcome.DONE));
  }

  private Decoded decodeNext() {
    RowBatch batch =
        rows(place)
            .next()
            .orElseThrow(() -> FileProblem.corrupt("it became shorter while it was read"));
    return new Decoded(decoder.decode(found.path(), batch), batch.after());
  }

  private FileIdentity identity() {
    return Objects.requireNonNull(identity, "it is hashed first");
  }

  private FilePosition position(Outcome outcome) {
    return new FilePosition(0, identity(), outcome, place, rowsInAll, refused, ending, style);
  }

  /** A file that is only read has nothing to lose by what goes wrong here. */
  @Override
  public void close() {
    try {
      closeRows();
    } catch (FileProblem | FreshetException e) {
      // the rows were read
    } finally {
      closeFile();
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (FreshetException e) {
      // nothing was written
    }
  }
}
