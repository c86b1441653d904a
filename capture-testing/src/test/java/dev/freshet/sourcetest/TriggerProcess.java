package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.trigger.TriggerSettings;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;

/** Captures two tables into a file until it is killed. */
final class TriggerProcess {
  private TriggerProcess() {}

  static TriggerSource source(String url, String user, String password) {
    return new TriggerSource(
        new TriggerSettings(
            "bank",
            "a test",
            List.of(
                new TriggerSettings.Table("accounts", "accounts", List.of()),
                new TriggerSettings.Table("moves", "moves", List.of())),
            TriggerSettings.changeTableOf("bank"),
            Duration.ofMillis(5)),
        () -> DriverManager.getConnection(url, user, password));
  }

  /**
   * @param arguments URL, user, password, file of the log
   */
  public static void main(String[] arguments) throws Exception {
    FileLog log = new FileLog(Path.of(arguments[3]));
    Capture capture =
        source(arguments[0], arguments[1], arguments[2])
            .start(Scheduler.threads(), Clock.system(), log.resume(), log);
    log.follows(capture);
    while (true) {
      Thread.sleep(1_000);
      System.out.println(capture.status());
    }
  }
}
