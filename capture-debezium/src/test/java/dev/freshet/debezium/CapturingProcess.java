package dev.freshet.debezium;

import dev.freshet.capture.Capture;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.sourcetest.FileLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Captures into a file until it is killed. */
final class CapturingProcess {
  private CapturingProcess() {}

  /**
   * @param arguments URL, password, folder
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[2]);
    FileLog log = new FileLog(folder.resolve("log"));
    MySqlSettings settings =
        new MySqlSettings(
            "shop",
            arguments[0],
            arguments[1],
            List.of(new MySqlSettings.TableChoice("*", "")),
            MySqlSettings.Tls.OFF,
            Optional.empty(),
            Map.of());
    Capture capture =
        DebeziumSource.ofMySql(settings, List.of(), () -> new LocalStorage(folder))
            .start(Scheduler.threads(), Clock.system(), log.resume(), log);
    while (true) {
      Thread.sleep(1_000);
      System.out.println(capture.status());
    }
  }
}
