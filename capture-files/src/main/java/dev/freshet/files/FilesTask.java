package dev.freshet.files;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.files.FilePosition.Ending;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.Reading.Outcomes;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.format.Place;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads files, one after the other, and delivers their rows. Each batch is a change set of its own,
 * whose position says which file and how far; the sink may refuse it, then it is offered again.
 */
final class FilesTask implements Task {
  private static final long FULL_RETRY_MILLIS = 100;
  private static final long RETRY_MILLIS = 1_000;

  /** Of a folder with very many files: it is looked at for a fifth of the time, at most. */
  private static final long LOOKING_SHARE = 4;

  private static final long DURABLE_MILLIS = 5;
  private static final long SAVE_NANOS = 30_000_000_000L;

  private final FilesSettings settings;
  private final FileStore store;
  private final Map<String, TableDecoder> decoders;
  private final Clock clock;
  private final ChangeSink sink;
  private final KnownFiles known;
  private final KnownFilesFile file;
  private final Folder folder;
  private final Progress progress;
  private final ArrayDeque<Folder.Candidate> queue = new ArrayDeque<>();
  private @Nullable Reading reading;

  /** The file whose rows are not all delivered. */
  private Optional<FilePosition> unfinished;

  /** Offered, and refused for lack of room. */
  private @Nullable Offer pending;

  private long lookedNanos;
  private long savedNumber;
  private long savedNanos;
  private boolean sinkFailed;

  private record Offer(ChangeSet changes, FilePosition position) {}

  FilesTask(
      FilesSettings settings,
      FileStore store,
      Map<String, TableDecoder> decoders,
      Clock clock,
      ChangeSink sink,
      KnownFiles known,
      KnownFilesFile file,
      Optional<FilePosition> last,
      Progress progress) {
    this.settings = settings;
    this.store = store;
    this.decoders = decoders;
    this.clock = clock;
    this.sink = sink;
    this.known = known;
    this.file = file;
    this.folder = new Folder(store, settings, clock);
    this.progress = progress;
    this.unfinished = last.filter(position -> position.outcome() == Outcome.READING);
    progress.resumedAt(known.lastNumber());
    this.savedNumber = 0;
    this.savedNanos = clock.nanos();
  }

  @Override
  public Next run() {
    try {
      return work();
    } catch (FreshetException e) {
      return failed(e);
    } catch (RuntimeException | Error e) {
      return failed(
          new FreshetException(ErrorCode.INVARIANT_BROKEN, "Failed to read files: " + e, e));
    }
  }

  private Next failed(FreshetException e) {
    release();
    progress.problem(String.valueOf(e.getMessage()));
    if (sinkFailed) {
      progress.enter(State.FAILED);
      throw e;
    }
    boolean helps = e.code().retry() == ErrorCode.Retry.HELPS;
    progress.enter(helps ? State.WAITING_TO_RETRY : State.FAILED);
    return Next.afterMillis(RETRY_MILLIS);
  }

  private Next work() {
    Offer offered = pending;
    if (offered != null) {
      return offer(offered);
    }
    if (clock.nanos() - savedNanos >= SAVE_NANOS && !save()) {
      return Next.afterMillis(DURABLE_MILLIS);
    }
    Reading current = reading;
    if (current == null) {
      current = next();
    }
    if (current == null) {
      progress.waiting(folder.waitingBytes());
      tellState();
      return new Next.After(Math.max(settings.poll().toNanos(), LOOKING_SHARE * lookedNanos));
    }
    return read(current);
  }

  private void tellState() {
    progress.enter(State.STREAMING);
    progress.problem(folder.trouble().or(this::lastQuarantined).orElse(""));
  }

  /** A file that stands in quarantine, while it stands in the folder. */
  private Optional<String> lastQuarantined() {
    return known.quarantined().stream()
        .filter(quarantined ->
            store.find(quarantined.path()).filter(quarantined::looksLike).isPresent())
        .map(quarantined ->
            quarantined.path()
                + " is quarantined: none of its rows was taken. 'freshet log dump --rows' shows"
                + " why; replace the file, or take it away")
        .findFirst();
  }

  private @Nullable Reading next() {
    if (unfinished.isPresent()) {
      reading = resumed(unfinished.get());
      return reading;
    }
    if (queue.isEmpty()) {
      long began = clock.nanos();
      queue.addAll(folder.look(known));
      lookedNanos = clock.nanos() - began;
    }
    Folder.Candidate candidate = queue.poll();
    if (candidate == null) {
      return null;
    }
    try {
      reading =
          Reading.begin(
              store,
              settings,
              decoder(candidate.table()),
              candidate.file(),
              candidate.table(),
              known.find(candidate.file().path()));
    } catch (FreshetException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        unreadable(candidate.file(), candidate.table(), String.valueOf(e.getMessage()));
      }
      return null;
    }
    return reading;
  }

  private @Nullable Reading resumed(FilePosition from) {
    store.list(); // a folder that is away, as one that is not mounted, is no reason to give up
    try {
      return Reading.resume(store, settings, decoder(from.file().table()), from);
    } catch (FreshetException e) {
      abandon(from, "it cannot be read any more: " + e.getMessage());
      return null;
    }
  }

  private TableDecoder decoder(String table) {
    return Objects.requireNonNull(decoders.get(table), table);
  }

  private Next read(Reading current) {
    Outcomes outcome;
    try {
      outcome = current.work(known);
    } catch (FileProblem e) {
      end(current);
      problem(current, e);
      return Next.NOW;
    } catch (FreshetException e) {
      boolean isFiles = e.code() == ErrorCode.SOURCE_FAILED || e.code() == ErrorCode.NOT_FOUND;
      if (!isFiles || current.isBegun()) {
        throw e;
      }
      end(current);
      unreadable(current.found(), current.table(), String.valueOf(e.getMessage()));
      return Next.NOW;
    }
    return switch (outcome) {
      case Outcomes.Working _ -> Next.NOW;
      case Outcomes.Known(FilePosition position) -> {
        known.learn(position);
        end(current);
        yield Next.NOW;
      }
      case Outcomes.Rows(Optional<TableChanges> changes, FilePosition position) -> {
        progress.enter(State.STREAMING);
        if (position.outcome() == Outcome.DONE) {
          end(current);
        }
        yield offer(prepared(changes.map(List::of).orElse(List.of()), position));
      }
    };
  }

  private void end(Reading current) {
    reading = null;
    current.close();
  }

  private void problem(Reading current, FileProblem problem) {
    if (current.isBegun()) {
      abandon(position(current, Outcome.READING), problem.reason());
      return;
    }
    boolean hasChanged =
        store.find(current.found().path()).filter(current.found()::equals).isEmpty();
    boolean mayComplete =
        problem.kind() == FileProblem.Kind.INCOMPLETE
            && folder.waitsForRest(current.found(), problem.reason());
    if (!hasChanged && !mayComplete) {
      quarantine(current.identity(), problem.reason());
    }
  }

  /** A file that cannot be read must not keep others from being read. */
  private void unreadable(FoundFile found, String table, String reason) {
    if (!folder.waitsForRest(found, reason)) {
      quarantine(
          new FileIdentity(
              table, found.path(), found.bytes(), found.modifiedMicros(), Digest.EMPTY),
          reason);
    }
  }

  private static FilePosition position(Reading current, Outcome outcome) {
    return new FilePosition(
        0,
        current.identity(),
        outcome,
        current.place(),
        0,
        0,
        Ending.WITHIN_LINE,
        Optional.empty());
  }

  private void quarantine(FileIdentity identity, String reason) {
    refuse(
        new FilePosition(
            0,
            identity,
            Outcome.QUARANTINED,
            Place.START,
            0,
            0,
            Ending.WITHIN_LINE,
            Optional.empty()),
        "the file is quarantined, and none of its rows was taken: " + reason);
  }

  private void abandon(FilePosition from, String reason) {
    refuse(
        new FilePosition(
            0,
            from.file(),
            Outcome.ABANDONED,
            from.place(),
            from.rowsInAll(),
            from.refused(),
            from.endsLine(),
            from.style()),
        "the file was read up to row " + from.place().row() + ", and no further: " + reason);
  }

  private void refuse(FilePosition position, String reason) {
    TableDecoder decoder = decoder(position.file().table());
    pending = prepared(List.of(decoder.refusedFile(position.file(), reason)), position);
  }

  private Offer prepared(List<TableChanges> tables, FilePosition position) {
    FilePosition numbered = position.withNumber(known.lastNumber() + 1);
    long now = clock.wallMicros();
    return new Offer(
        new ChangeSet(
            settings.name(),
            numbered.toBytes(),
            now,
            now,
            numbered.number(),
            ChangeSet.Part.LAST,
            tables),
        numbered);
  }

  private Next offer(Offer offered) {
    pending = offered;
    Answer answer;
    try {
      answer = sink.offer(offered.changes());
    } catch (RuntimeException | Error e) {
      sinkFailed = true; // it may have been taken: to offer it again could repeat it
      throw e;
    }
    if (answer == Answer.FULL) {
      return Next.afterMillis(FULL_RETRY_MILLIS);
    }
    pending = null;
    known.learn(offered.position());
    boolean isMore = offered.position().outcome() == Outcome.READING;
    unfinished = isMore ? Optional.of(offered.position()) : Optional.empty();
    progress.delivered(offered.changes(), offered.position());
    CrashPoint.FILES_BATCH.reached();
    return Next.NOW;
  }

  /**
   * Saves what is known, once the log has it all: what is saved must not know more than the log,
   * and what is not is read from the log at the next start. Returns whether that was so.
   */
  boolean save() {
    if (progress.durableNumber() < known.lastNumber()) {
      return false;
    }
    savedNanos = clock.nanos();
    if (known.lastNumber() != savedNumber) {
      file.write(known.copy(), known.lastNumber());
      savedNumber = known.lastNumber();
    }
    return true;
  }

  /** Closes what is open. What was delivered is known, so work goes on behind it. */
  void release() {
    Reading current = reading;
    if (current != null) {
      end(current);
    }
    queue.clear();
  }
}
