package dev.freshet.capture.generator;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.generator.GeneratorPosition.Pace;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.List;
import java.util.Map;

/** The source of made-up rows. Immutable; safe for all threads. */
public final class GeneratorSource implements Pausable {
  private final GeneratorSettings settings;
  private final PausedTables paused;

  public GeneratorSource(GeneratorSettings settings) {
    this(settings, PausedTables.ofProcess());
  }

  private GeneratorSource(GeneratorSettings settings, PausedTables paused) {
    this.settings = settings;
    this.paused = paused;
  }

  /** The same, and it leaves these tables alone. */
  public GeneratorSource pausing(PausedTables newPaused) {
    return new GeneratorSource(settings, newPaused);
  }

  /** Rows of a table that is paused are not made; when it is resumed, they are, each one. */
  @Override
  public PausedTables paused() {
    return paused;
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
                  0,
                  new Pace(0, settings.firstMicros().orElseGet(clock::wallMicros), rate),
                  Map.of());
          case Resume.After after -> GeneratorPosition.read(after.position(), rate).atRate(rate);
        };
    GeneratorCapture capture = new GeneratorCapture(settings, paused, clock, from, sink);
    capture.start(scheduler);
    return capture;
  }
}
