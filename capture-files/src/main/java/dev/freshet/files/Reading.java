package dev.freshet.files;

import dev.freshet.core.change.TableChanges;
import dev.freshet.files.FilePosition.Ending;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.format.CsvStyle;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.format.FileReader;
import dev.freshet.files.format.FileRows;
import dev.freshet.files.format.Place;
import dev.freshet.files.format.RowBatch;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way, a piece at a time: its content is hashed, then all of it is decoded once to
 * see whether it is sound, and only then its rows are delivered. So no row of a damaged file is
 * delivered, and a file of any size passes in bounded memory. One thread owns it.
 *
 * <pre>
 *   HASH  -> known content: DUPLICATE, SAME
 *     |
 *   CHECK -> FileProblem: quarantined, or waited for
 *     |
 *   DELIVER batch, batch, ..., last batch
 * </pre>
 */
final class Reading implements AutoCloseable {
  private static final int HASH_BYTES = 4 << 20;

  /** Decoded batches of a small file are delivered without decoding them again. */
  private static final long KEPT_TEXT_BYTES = 4L << 20;

  private final FileStore store;
  private final FilesSettings settings;
  private final TableDecoder decoder;
  private final FoundFile found;
  private final String table;
  private final Optional<FilePosition> before;
  private final OpenFile file;
  private final MessageDigest running = Digest.start();
  private final ArrayDeque<Decoded> kept = new ArrayDeque<>();
  private long hashed;
  private @Nullable Digest prefix;
  private @Nullable FileIdentity identity;
  private Place start = Place.START;
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
  private @Nullable MessageDigest again;
  private FoundFile lookedAt;

  private enum Stage {
    HASH,
    CHECK,
    DELIVER
  }

  private record Decoded(TableChanges changes, Place after) {}

  /** What a piece of work came to. */
  sealed interface Outcomes {
    /** There is more to do before anything is to be delivered. */
    record Working() implements Outcomes {}

    /** Nothing is to be delivered: the content was read before. */
    record Known(FilePosition position) implements Outcomes {}

    /** Rows are to be delivered. */
    record Rows(Optional<TableChanges> changes, FilePosition position) implements Outcomes {}

    Working WORKING = new Working();
  }

  private Reading(
      FileStore store,
      FilesSettings settings,
      TableDecoder decoder,
      FoundFile found,
      String table,
      Optional<FilePosition> before) {
    this.store = store;
    this.settings = settings;
    this.decoder = decoder;
    this.found = found;
    this.lookedAt = found;
    this.table = table;
    this.before = before;
    this.file = store.open(found.path());
  }

  /**
   * Begins with a file.
   *
   * @param before what became of the file of this path before
   */
  static Reading begin(
      FileStore store,
      FilesSettings settings,
      TableDecoder decoder,
      FoundFile found,
      String table,
      Optional<FilePosition> before) {
    return new Reading(store, settings, decoder, found, table, before);
  }

  /** Goes on with a file whose rows were delivered up to a place. */
  static Reading resume(
      FileStore store, FilesSettings settings, TableDecoder decoder, FilePosition from) {
    FileIdentity file = from.file();
    FoundFile was = new FoundFile(file.path(), file.bytes(), file.modifiedMicros());
    Reading reading = new Reading(store, settings, decoder, was, file.table(), Optional.of(from));
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

  /** The file with its content, as far as it is known. */
  FileIdentity identity() {
    FileIdentity known = identity;
    return known != null
        ? known
        : new FileIdentity(
            table, found.path(), found.bytes(), found.modifiedMicros(), Digest.EMPTY);
  }

  /** Where its rows are delivered up to. */
  Place place() {
    return place;
  }

  /** Whether some of its rows were delivered. */
  boolean isBegun() {
    return isBegun;
  }

  /**
   * Does a piece of work.
   *
   * @throws FileProblem when the file cannot be read to its end; nothing of it was delivered unless
   *     {@link #isBegun}
   */
  Outcomes work(KnownFiles known) {
    return switch (stage) {
      case HASH -> hash(known);
      case CHECK -> check();
      case DELIVER -> deliver();
    };
  }

  private Outcomes hash(KnownFiles known) {
    long mark = before.map(position -> position.file().bytes()).orElse(0L);
    long end = hashed < mark ? Math.min(mark, found.bytes()) : found.bytes();
    hashed += hashPiece(running, hashed, end);
    if (hashed == mark && mark < found.bytes()) {
      prefix = Digest.soFar(running);
    }
    if (hashed < found.bytes()) {
      return Outcomes.WORKING;
    }
    Digest digest = Digest.soFar(running);
    FileIdentity full =
        new FileIdentity(table, found.path(), found.bytes(), found.modifiedMicros(), digest);
    identity = full;
    ending = ending();
    return afterHash(known, full);
  }

  private int hashPiece(MessageDigest into, long from, long end) {
    byte[] bytes = new byte[(int) Math.min(HASH_BYTES, end - from)];
    int read = file.read(from, bytes, 0, bytes.length);
    if (read < bytes.length) {
      throw FileProblem.corrupt("it became shorter while it was read");
    }
    into.update(bytes, 0, read);
    return read;
  }

  private Ending ending() {
    byte[] last = new byte[1];
    file.read(found.bytes() - 1, last, 0, 1);
    return last[0] == '\n' ? Ending.WITH_LINE : Ending.WITHIN_LINE;
  }

  private Outcomes afterHash(KnownFiles known, FileIdentity full) {
    if (before.isPresent()) {
      FilePosition was = before.get();
      boolean isSame = was.file().digest().equals(full.digest());
      if (isSame && was.outcome() != Outcome.QUARANTINED) {
        return new Outcomes.Known(seen(was.outcome(), was, full, was.number()));
      }
      boolean grew =
          was.outcome() == Outcome.DONE
              && was.file().digest().equals(prefix)
              && FileReader.mayGrow(settings.format(), found.name());
      if (grew) {
        if (was.endsLine() == Ending.WITHIN_LINE) {
          throw FileProblem.corrupt(
              "it grew in the middle of a line: its "
                  + was.rowsInAll()
                  + " rows were read when its last line had no end, and what follows belongs to"
                  + " that line. Write line ends with the lines, or move files in when they are"
                  + " done");
        }
        start = was.place();
        style = was.style();
        rowsInAll = was.rowsInAll();
      }
    }
    Optional<String> reader = known.reader(table, full.digest());
    boolean isRepeated = before.isEmpty() && reader.isPresent();
    if (settings.duplicates() == FilesSettings.Duplicates.SKIP && isRepeated) {
      FilePosition was =
          new FilePosition(0, full, Outcome.DUPLICATE, Place.START, 0, 0, ending, Optional.empty());
      return new Outcomes.Known(was);
    }
    stage = Stage.CHECK;
    place = start;
    return Outcomes.WORKING;
  }

  private static FilePosition seen(
      Outcome outcome, FilePosition was, FileIdentity now, long number) {
    return new FilePosition(
        number,
        now,
        outcome,
        was.place(),
        was.rowsInAll(),
        was.refused(),
        was.endsLine(),
        was.style());
  }

  private FileRows open(Place from) {
    return FileReader.open(
        file,
        new FileReader.Request(
            found.name(), found.bytes(), settings.format(), decoder.columns(), style, from));
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
      stage = Stage.DELIVER;
      return Outcomes.WORKING;
    }
    TableChanges changes = decoder.decode(found.path(), batch.get());
    rowsInAll = batch.get().after().row();
    refusedInCheck += changes.rejected().size();
    if (refusedInCheck > settings.refusedMax()) {
      throw FileProblem.corrupt(
          "more than "
              + settings.refusedMax()
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

  private Outcomes deliver() {
    if (!isBegun && store.find(found.path()).filter(now -> !now.equals(found)).isPresent()) {
      throw FileProblem.corrupt("it changed before it was read"); // it is looked at again
    }
    if (!isUnchanged()) {
      return Outcomes.WORKING;
    }
    if (place.row() == rowsInAll) {
      return new Outcomes.Rows(Optional.empty(), position(Outcome.DONE)); // a file without rows
    }
    Decoded next = keeps ? kept.remove() : decodeNext();
    isBegun = true;
    place = next.after();
    refused += next.changes().rejected().size();
    Outcome outcome = place.row() >= rowsInAll ? Outcome.DONE : Outcome.READING;
    return new Outcomes.Rows(Optional.of(next.changes()), position(outcome));
  }

  private Decoded decodeNext() {
    RowBatch batch =
        rows(place)
            .next()
            .orElseThrow(() -> FileProblem.corrupt("it became shorter while it was read"));
    return new Decoded(decoder.decode(found.path(), batch), batch.after());
  }

  /**
   * Whether the content is still what it was: hashed again, a piece at a time, when the file looks
   * different; what was added behind its end is for later.
   */
  private boolean isUnchanged() {
    MessageDigest hashing = again;
    if (hashing == null) {
      Optional<FoundFile> now = store.find(found.path());
      if (now.isEmpty() || now.get().equals(lookedAt)) {
        return true; // a file that goes can be read on while it is open
      }
      lookedAt = now.get();
      hashing = Digest.start();
      again = hashing;
      hashed = 0;
    }
    hashed += hashPiece(hashing, hashed, found.bytes());
    if (hashed < found.bytes()) {
      return false;
    }
    again = null;
    if (!Digest.of(hashing).equals(identity().digest())) {
      throw FileProblem.corrupt("it was changed while it was read");
    }
    return true;
  }

  private FilePosition position(Outcome outcome) {
    return new FilePosition(0, identity(), outcome, place, rowsInAll, refused, ending, style);
  }

  @Override
  public void close() {
    closeRows();
    file.close();
  }
}
