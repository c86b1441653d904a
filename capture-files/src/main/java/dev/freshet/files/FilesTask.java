package dev.freshet.files;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.retry.Backoff;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.store.FileReplaced;
import dev.freshet.files.store.FileStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads files, one after the other, and delivers their rows. Each batch is a change set of its own,
 * whose position says which file and how far; the sink may refuse it, then it is offered again.
 */
final class FilesTask implements Task {
  private static final long FULL_RETRY_MILLIS = 100;

  /** Of a folder with very many files: it is looked at for a fifth of the time, at most. */
  private static final long LOOKING_SHARE = 4;

  /** How long a file is read, at least, before small ones of other tables may pass it. */
  private static final long PASSING_NANOS = 500_000_000L;

  private static final long PASSING_BYTES_MAX = 4L << 20;

  private static final long DURABLE_MILLIS = 5;
  private static final long SAVE_NANOS = 30_000_000_000L;

  private final FilesSettings settings;
  private final FileStore store;
  private final Map<String, TableDecoder> decoders;
  private final PausedTables paused;
  private final Clock clock;
  private final ChangeSink sink;
  private final KnownFiles known;
  private final KnownFilesFile file;
  private final Folder folder;
  private final Progress progress;
  private final Retries retries;
  private final Reading.Surroundings around;

  /** Of a place that does not answer. */
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  /** For what is not mended by waiting: someone has to do something first. */
  private final Backoff patience = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(1));

  private final ArrayDeque<FilePosition> unfinished = new ArrayDeque<>();
  private final ArrayDeque<Folder.Candidate> queue = new ArrayDeque<>();

  /** Why files were quarantined since the start: each is told once, however often it grows. */
  private final Map<String, String> told = new HashMap<>();

  /** Tables whose files are not read. */
  private Set<String> leftAlone = Set.of();

  private @Nullable Reading reading;

  /** A long file that waits while small ones pass. */
  private @Nullable Reading parked;

  private final ArrayDeque<Folder.Candidate> passing = new ArrayDeque<>();
  private long parkedAtNanos;

  /** Until when nothing passes the file that is read. */
  private long turnUntilNanos;

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
      PausedTables paused,
      Clock clock,
      ChangeSink sink,
      KnownFiles known,
      KnownFilesFile file,
      Progress progress) {
    this.settings = settings;
    this.store = store;
    this.decoders = decoders;
    this.paused = paused;
    this.clock = clock;
    this.sink = sink;
    this.known = known;
    this.file = file;
    this.folder = new Folder(store, settings, clock);
    this.progress = progress;
    this.retries = new Retries(clock);
    this.around = new Reading.Surroundings(store, settings, clock, new RunningDigests());
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
    return Next.afterMillis((helps ? backoff : patience).nextMillis());
  }

  private Next work() {
    Offer offered = pending;
    if (offered != null) {
      return offer(offered);
    }
    leaveAlone(paused.now());
    if (clock.nanos() - savedNanos >= SAVE_NANOS && !save()) {
      return Next.afterMillis(DURABLE_MILLIS);
    }
    Reading current = reading;
    if (current != null && parked == null) {
      letPass(current);
      current = reading;
    }
    if (current == null) {
      current = next();
    }
    if (current != null) {
      return read(current);
    }
    if (pending != null) {
      return Next.NOW;
    }
    tellState();
    return new Next.After(Math.max(settings.poll().toNanos(), LOOKING_SHARE * lookedNanos));
  }

  /** Whatever is open is closed: it goes on, when it is its table's turn, where it stands. */
  private void leaveAlone(Set<String> wanted) {
    if (!wanted.equals(leftAlone)) {
      release();
      leftAlone = wanted;
    }
    paused.noticed(wanted);
  }

  private void tellState() {
    progress.enter(State.STREAMING);
    progress.problem(
        retries
            .text()
            .or(folder::trouble)
            .or(() -> folder.quarantined(known, leftAlone))
            .orElse(""));
  }

  /**
   * Small files of other tables need not wait for a long one. None passes a file of its own table:
   * in their order rows take the place of others.
   */
  private void letPass(Reading current) {
    if (clock.nanos() - turnUntilNanos < 0) {
      return;
    }
    long began = clock.nanos();
    Set<String> waiting = new HashSet<>(Set.of(current.table()));
    known.unfinished().forEach(position -> waiting.add(position.file().table()));
    Set<String> paths = new HashSet<>();
    for (Folder.Candidate each : look()) {
      if (each.file().bytes() > PASSING_BYTES_MAX) {
        waiting.add(each.table());
      } else if (!waiting.contains(each.table())) {
        passing.add(each);
        paths.add(each.file().path());
      }
    }
    if (!passing.isEmpty()) {
      queue.removeIf(each -> paths.contains(each.file().path()));
      parked = current;
      parkedAtNanos = began;
      reading = null;
    }
  }

  private List<Folder.Candidate> look() {
    long began = clock.nanos();
    List<Folder.Candidate> found =
        folder.look(known, retries, leftAlone); // throws for a folder that is away
    backoff.reset();
    patience.reset();
    lookedNanos = clock.nanos() - began;
    turnBegins(0);
    progress.waiting(folder.waitingBytes());
    return found;
  }

  private void turnBegins(long leastNanos) {
    long pause = Math.max(PASSING_NANOS, LOOKING_SHARE * lookedNanos);
    turnUntilNanos = clock.nanos() + Math.max(pause, leastNanos);
  }

  private @Nullable Reading next() {
    if (parked != null) {
      return nextPassing();
    }
    if (unfinished.isEmpty() && queue.isEmpty()) {
      queue.addAll(look());
      known.unfinished().stream()
          .filter(position -> retries.isDue(position.file().path()))
          .filter(position -> decoders.containsKey(position.file().table()))
          .filter(position -> !leftAlone.contains(position.file().table()))
          .forEach(unfinished::add);
    }
    while (reading == null && pending == null) {
      FilePosition from = unfinished.poll();
      Folder.Candidate candidate = from == null ? queue.poll() : null;
      if (from != null) {
        reading = resumed(from);
      } else if (candidate != null) {
        reading = begun(candidate);
      } else {
        break;
      }
    }
    return reading;
  }

  private @Nullable Reading nextPassing() {
    while (reading == null && pending == null) {
      Folder.Candidate candidate = passing.poll();
      if (candidate == null) {
        reading = parked;
        parked = null;
        turnBegins(clock.nanos() - parkedAtNanos); // no less than what passed it took
        return reading;
      }
      reading = begun(candidate);
    }
    return reading;
  }

  /** A file that is not as it was found, or was read since, is looked at again. */
  private @Nullable Reading begun(Folder.Candidate candidate) {
    String path = candidate.file().path();
    try {
      Optional<FilePosition> before = known.find(path);
      return before.equals(candidate.before()) && folder.isStill(candidate)
          ? Reading.begin(
              around, decoder(candidate.table()), candidate, before.map(this::asFarAsAnyCopy))
          : null;
    } catch (FreshetException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        unreadable(path, e);
      }
      return null;
    }
  }

  private @Nullable Reading resumed(FilePosition from) {
    FilePosition place = asFarAsAnyCopy(from);
    if (place.isComplete()) {
      known.learn(place);
      return null;
    }
    try {
      return Reading.resume(around, decoder(from.file().table()), place);
    } catch (FreshetException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        refuse(place.of(from.file(), Outcome.ABANDONED), "it is gone");
      } else {
        unreadable(from.file().path(), e);
      }
      return null;
    }
  }

  /** What was not read of a file to its end may have been read to it under another name. */
  private FilePosition asFarAsAnyCopy(FilePosition own) {
    boolean counts = settings.duplicates() == FilesSettings.Duplicates.SKIP && !own.isComplete();
    FilePosition furthest =
        counts ? known.furthest(own.file().table(), own.file().digest()).orElse(own) : own;
    Outcome outcome =
        furthest.isComplete() && !own.isComplete() ? Outcome.DUPLICATE : own.outcome();
    return furthest.of(own.file(), outcome);
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
    } catch (FileReplaced e) {
      end(current);
      replaced(current, e);
      return Next.NOW;
    } catch (RuntimeException e) {
      end(current);
      unreadable(current.found().path(), e);
      return Next.NOW;
    }
    switch (outcome) {
      case Outcomes.Working _ -> {}
      case Outcomes.Later _ -> {
        end(current);
        folder.hold(current.found(), current.growth(), current.hashNanos());
      }
      case Outcomes.Replaced _ -> {
        end(current);
        folder.replaced(current.found());
      }
      case Outcomes.Known(FilePosition position) -> {
        known.learn(position);
        folder.known(current.found());
        retries.succeeded(position.file().path());
        end(current);
      }
      case Outcomes.Rows(Optional<TableChanges> changes, FilePosition position) -> {
        progress.enter(State.STREAMING);
        if (position.outcome() == Outcome.DONE) {
          end(current);
          folder.known(current.found());
          folder.hold(current.found(), current.growth(), current.hashNanos());
        }
        return offer(prepared(changes.map(List::of).orElse(List.of()), position));
      }
    }
    return Next.NOW;
  }

  /** What was read of it counts, whatever comes of closing it. */
  private void end(Reading current) {
    reading = null;
    current.close();
  }

  private void problem(Reading current, FileProblem problem) {
    String path = current.found().path();
    try {
      boolean hasChanged =
          !current.isBegun()
              && !current.isGrowing()
              && store.find(path).filter(current.found()::hasContentOf).isEmpty();
      boolean mayComplete =
          !current.isBegun()
              && problem.kind() == FileProblem.Kind.INCOMPLETE
              && folder.waitsForRest(current.found(), problem.reason());
      if (!hasChanged && !mayComplete) {
        folder.known(current.found());
        if (!current.isBegun()) {
          folder.giveUp(current.found());
        }
        refuse(current.setAside(), problem.reason());
      }
    } catch (FreshetException e) {
      unreadable(path, e);
    }
  }

  /**
   * What took its place is found when it is looked for again. A file that is there as before is not
   * replaced, whatever the store says of it: reading goes on later.
   */
  private void replaced(Reading current, FileReplaced e) {
    String path = current.found().path();
    try {
      if (store.find(path).filter(current.found()::hasContentOf).isPresent()) {
        unreadable(path, "the store says that " + e.reason() + ", and shows it as before");
      } else if (current.isBegun()) {
        refuse(current.setAside(), e.reason());
      } else if (folder.isReplacedAgain(current.found())) {
        unreadable(path, "the store lists it otherwise than it gives it: " + e.reason());
      }
    } catch (FreshetException unknown) {
      unreadable(path, unknown);
    }
  }

  /** A file that cannot be read must not keep others from being read. */
  private void unreadable(String path, RuntimeException e) {
    unreadable(path, e instanceof FreshetException ? String.valueOf(e.getMessage()) : e.toString());
  }

  private void unreadable(String path, String reason) {
    retries.failed(path, reason);
    progress.problem(retries.text().orElse(reason));
  }

  private void refuse(FilePosition position, String reason) {
    FileIdentity file = position.file();
    boolean isAgain = reason.equals(told.put(file.path(), reason));
    if (position.outcome() == Outcome.QUARANTINED && position.hasTaken() && isAgain) {
      known.learn(position);
      return;
    }
    if (known.find(file.path()).filter(position::isSamePlace).isPresent()) {
      return; // the log says so already
    }
    long row = position.place().row();
    String what =
        switch (position.outcome()) {
          case QUARANTINED ->
              position.hasTaken()
                  ? "the file is quarantined behind row "
                      + row
                      + ", up to which it was read before: "
                  : "the file is quarantined, and none of its rows was taken: ";
          case ABANDONED, READING, DONE, DUPLICATE ->
              "the file was read up to row " + row + ", and no further: ";
        };
    pending = prepared(List.of(decoder(file.table()).refusedFile(file, what + reason)), position);
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
    known.learn(offered.position(), offered.changes().ingestMicros());
    boolean isTaken =
        switch (offered.position().outcome()) {
          case READING, DONE -> true;
          case QUARANTINED, ABANDONED, DUPLICATE -> false;
        };
    if (isTaken) {
      retries.succeeded(offered.position().file().path());
      told.remove(offered.position().file().path());
    }
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
      file.write(known);
      savedNumber = known.lastNumber();
    }
    return true;
  }

  /** Closes what is open. What was delivered is known, so work goes on behind it. */
  void release() {
    for (Reading open : new Reading[] {reading, parked}) {
      if (open != null) {
        open.close();
      }
    }
    reading = null;
    parked = null;
    passing.clear();
    unfinished.clear();
    queue.clear();
  }
}
