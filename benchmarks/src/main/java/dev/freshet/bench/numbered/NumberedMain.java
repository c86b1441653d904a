package dev.freshet.bench.numbered;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The process: writes one transaction after the other until it is killed, and prints what became of
 * each as a line of {@link Told}. After an error it does what programs do: it takes the outcome as
 * unknown, closes the database, opens it again, looks, and goes on.
 */
final class NumberedMain {
  /** More failures in a row than one fault explains. */
  private static final int FAILURES_MAX = 8;

  private NumberedMain() {}

  /**
   * @param arguments the directory, a {@link Defect}, a {@link DiskCrash}, how long the log keeps
   *     what nobody needs; the directory alone for one that does a little of everything and ends
   */
  public static void main(String[] arguments) {
    if (arguments.length == 1) {
      train(Path.of(arguments[0]));
      return;
    }
    Storage disk = new LocalStorage(Path.of(arguments[0]));
    Defect defect = Defect.valueOf(arguments[1]);
    Storage storage = DiskCrash.read(arguments[2]).over(defect.over(disk));
    FreshetOptions options = NumberedRows.options().withLogRetention(Duration.parse(arguments[3]));
    int failures = 0;
    while (failures < FAILURES_MAX) {
      long before = acknowledged;
      try {
        write(storage, defect, options);
      } catch (FreshetException e) {
        Told.print(Told.Kind.FAILED, 0, e.code() + " " + e.getMessage());
        boolean isDamaged = e.code() == ErrorCode.STORAGE_DAMAGED;
        failures = isDamaged ? FAILURES_MAX : acknowledged > before ? 1 : failures + 1;
      }
    }
    System.exit(1);
  }

  private static void train(Path directory) {
    for (int life = 0; life < 2; life++) {
      try (Freshet database = Freshet.open(directory, NumberedRows.options())) {
        NumberedRows.define(database);
        long last = NumberedRows.last(database);
        Told.print(Told.Kind.OPENED, last, "");
        for (long number = last + 1; number <= last + NumberedRows.WINDOW + 10; number++) {
          NumberedRows.write(database, number);
        }
      }
    }
  }

  private static long acknowledged;

  private static void write(Storage storage, Defect defect, FreshetOptions options) {
    try (Freshet database = Freshet.open(storage, Clock.system(), Scheduler.threads(), options)) {
      NumberedRows.define(database);
      long number = NumberedRows.last(database);
      Told.print(Told.Kind.OPENED, number, "");
      while (defect == Defect.HANGS_ON_A_LEFT_DATABASE && number > 0) {
        LockSupport.park();
      }
      while (true) {
        number++;
        if (defect == Defect.ACKNOWLEDGED_EARLY) {
          Told.print(Told.Kind.ACKNOWLEDGED, number, "");
        }
        NumberedRows.write(database, number);
        acknowledged++;
        if (defect != Defect.ACKNOWLEDGED_EARLY) {
          Told.print(Told.Kind.ACKNOWLEDGED, number, "");
        }
      }
    }
  }
}
