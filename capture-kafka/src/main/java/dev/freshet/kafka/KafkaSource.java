package dev.freshet.kafka;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.Metadata;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The source of topics of a broker that speaks Kafka's protocol. Its tables are what their
 * contracts say; of raw messages, all are the same. Safe for all threads.
 */
public final class KafkaSource implements Pausable {
  private final KafkaSettings settings;
  private final Map<String, Contract> contracts;
  private final PausedTables paused;

  /**
   * @param contracts of tables; those of others are passed over
   */
  public KafkaSource(KafkaSettings settings, Map<String, Contract> contracts) {
    this(settings, contracts, PausedTables.ofProcess());
  }

  private KafkaSource(
      KafkaSettings settings, Map<String, Contract> contracts, PausedTables paused) {
    this.settings = settings;
    this.paused = paused;
    Map<String, Contract> all = new TreeMap<>();
    for (TopicChoice choice : settings.topics()) {
      Contract contract = contracts.get(choice.table());
      if (contract != null) {
        all.put(choice.table(), contract);
      } else if (settings.messages().format() == MessageFormat.RAW) {
        all.put(
            choice.table(), new Contract(choice.table(), Metadata.rawSchema(), List.of(), "", ""));
      }
    }
    this.contracts = Map.copyOf(all);
  }

  /** As this one, with its memory of what is paused. */
  public KafkaSource pausing(PausedTables newPaused) {
    return new KafkaSource(settings, contracts, newPaused);
  }

  /** The topics of a table that is paused are not read, and its offsets stay where they are. */
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
    return new KafkaCheck(settings, contracts, paused.now()).run(resume);
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    SchemaRegistry registry = registry();
    return KafkaCapture.start(
        settings,
        tables(settings, contracts, registry, clock),
        registry,
        paused,
        scheduler,
        clock,
        resume,
        sink);
  }

  private @Nullable SchemaRegistry registry() {
    return settings.messages().needsRegistry()
        ? settings.registry().map(SchemaRegistry::new).orElse(null)
        : null;
  }

  static Map<String, TableMessages> tables(
      KafkaSettings settings,
      Map<String, Contract> contracts,
      @Nullable SchemaRegistry registry,
      Clock clock) {
    Map<String, TableMessages> tables = new TreeMap<>();
    contracts.forEach((name, contract) ->
        tables.put(name, new TableMessages(contract, settings.messages(), registry, clock)));
    return tables;
  }
}
