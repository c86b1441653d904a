package dev.freshet.files;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceHistory;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.files.KnownFilesFile.Covered;
import dev.freshet.files.store.FileStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The source of rows that come as files. Its tables are what their contracts say. Immutable; safe
 * for all threads.
 */
public final class FilesSource implements Pausable {
  private final FilesSettings settings;
  private final Supplier<FileStore> stores;
  private final Map<String, Contract> contracts;
  private final Supplier<Storage> storage;
  private final PausedTables paused;

  /**
   * @param stores where the files lie: one for each who looks, and closes it
   * @param contracts of tables; those of others are passed over
   * @param storage keeps what the source remembers, below {@code sources/}; asked for at the start
   */
  public FilesSource(
      FilesSettings settings,
      Supplier<FileStore> stores,
      Map<String, Contract> contracts,
      Supplier<Storage> storage) {
    this(settings, stores, contracts, storage, PausedTables.ofProcess());
  }

  private FilesSource(
      FilesSettings settings,
      Supplier<FileStore> stores,
      Map<String, Contract> contracts,
      Supplier<Storage> storage,
      PausedTables paused) {
    this.settings = settings;
    this.stores = stores;
    this.contracts = Map.copyOf(contracts);
    this.storage = storage;
    this.paused = paused;
  }

  /** As this one, with its memory of what is paused. */
  public FilesSource pausing(PausedTables newPaused) {
    return new FilesSource(settings, stores, contracts, storage, newPaused);
  }

  /** Files of a table that is paused are not read, and how far each was read stays known. */
  @Override
  public PausedTables paused() {
    return paused;
  }

  @Override
  public String name() {
    return settings.name();
  }

  /** Contracts alone tell its tables. */
  @Override
  public boolean startsUnanswered() {
    return true;
  }

  @Override
  public SourceCheck check(Resume resume) {
    try (FileStore store = stores.get()) {
      return new FilesCheck(settings, store, contracts, paused.now()).run();
    }
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    Map<String, TableDecoder> decoders = new HashMap<>();
    for (TablePattern pattern : settings.patterns()) {
      Contract contract = contracts.get(pattern.table());
      if (contract != null) {
        decoders.put(pattern.table(), new TableDecoder(contract, settings.unknownFields()));
      }
    }
    KnownFiles known = new KnownFiles();
    KnownFilesFile file =
        new KnownFilesFile(storage.get(), "sources/" + settings.name() + ".files");
    FileStore store = stores.get();
    recover(resume, known, file, store);
    Progress progress = new Progress();
    FilesTask task =
        new FilesTask(settings, store, decoders, paused, clock, sink, known, file, progress);
    FilesCapture capture = new FilesCapture(settings.name(), task, progress, store);
    capture.start(scheduler);
    return capture;
  }

  /** Learns which files were read: from the file, and behind it from the log. */
  private void recover(Resume resume, KnownFiles known, KnownFilesFile file, FileStore store) {
    if (!(resume instanceof Resume.After after)) {
      file.read(known, 0);
      return;
    }
    long last = FilePosition.read(after.position()).number();
    Covered covered = file.read(known, last);
    learn(after.history(), covered.micros(), known);
    if (known.lastNumber() < last) {
      learn(after.history(), 0, known); // its times go back somewhere
    }
    requireAll(last, known.lastNumber(), store);
  }

  /** Learns the change sets of the log from a time on, as far as they follow what is known. */
  private static void learn(SourceHistory history, long micros, KnownFiles known) {
    history.since(
        micros,
        (position, ingested, _) -> {
          FilePosition of = FilePosition.read(position);
          if (of.number() == known.lastNumber() + 1) {
            known.learn(of, ingested);
          }
        });
  }

  private void requireAll(long last, long known, FileStore store) {
    if (last > known) {
      throw new FreshetException(
          ErrorCode.SOURCE_POSITION_LOST,
          "Cannot tell which files source "
              + name()
              + " has read: sources/"
              + name()
              + ".files in the state folder is missing or damaged, and the log does not reach back"
              + " to its first file. Put the file back from a backup; or move the files that were"
              + " read out of "
              + store.root()
              + " and give the source a new name, so that it begins anew.");
    }
  }
}
