package dev.freshet.capture.generator;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.generator.GeneratorPosition.Pace;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.List;

/** The source of made-up rows. Immutable; safe for all threads. */
public final class GeneratorSource implements Source {
  private final GeneratorSettings settings;

  public GeneratorSource(GeneratorSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    List<SourceTable> tables =
        settings.data().tables().stream()
            .filter(table -> settings.tables().contains(table.name()))
            .map(table ->
                new SourceTable(table.name(), table.name(), 1, table.schema(), table.key()))
            .toList();
    return new SourceCheck(tables, List.of());
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    double rate = settings.eventsPerSecond();
    GeneratorPosition from =
        switch (resume) {
          case Resume.FromNothing _ ->
              new GeneratorPosition(
                  0, new Pace(0, settings.firstMicros().orElseGet(clock::wallMicros), rate));
          case Resume.After after -> GeneratorPosition.read(after.position(), rate).atRate(rate);
        };
    GeneratorCapture capture = new GeneratorCapture(settings, clock, from, sink);
    capture.start(scheduler);
    return capture;
  }
}
