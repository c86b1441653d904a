package dev.freshet.peer.windows;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.aggregate.AggregateOperations;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.datamodel.KeyedWindowResult;
import com.hazelcast.jet.datamodel.Tuple2;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.SinkBuilder;
import com.hazelcast.jet.pipeline.Sources;
import com.hazelcast.jet.pipeline.WindowDefinition;
import dev.freshet.measure.RunControl;
import dev.freshet.measure.Told;
import dev.freshet.measure.WindowEvents;
import java.util.concurrent.atomic.LongAdder;

/** The process that runs Hazelcast Jet: {@code KIND WARM-UP EVENTS SECONDS}. */
public final class JetWork {
  private static final int CORES = 2;
  private static final long SNAPSHOT_MILLIS = 10_000;
  private static final LongAdder RESULT_ROWS = new LongAdder();

  private JetWork() {}

  public static void main(String[] arguments) {
    long warmUp = Long.parseLong(arguments[1]);
    long events = warmUp + Long.parseLong(arguments[2]);
    RunControl control = RunControl.begin(warmUp, Double.parseDouble(arguments[3]));
    HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(config());
    JobConfig job =
        new JobConfig()
            .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
            .setSnapshotIntervalMillis(SNAPSHOT_MILLIS);
    hazelcast.getJet().newJob(pipeline(window(arguments[0]), events), job).join();
    Figures.tell(control);
    Told.figure("rows", (double) RESULT_ROWS.sum());
    hazelcast.getLifecycleService().terminate();
    System.exit(0);
  }

  private static Config config() {
    Config config = new Config();
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getJetConfig().setEnabled(true).setCooperativeThreadCount(CORES);
    return config;
  }

  private static WindowDefinition window(String kind) {
    return switch (kind) {
      case "tumble" -> WindowDefinition.tumbling(WindowEvents.TUMBLE_MILLIS);
      case "hop" -> WindowDefinition.sliding(WindowEvents.HOP_MILLIS, WindowEvents.SLIDE_MILLIS);
      // In Jet two events that are just the gap apart are of different sessions.
      case "session" -> WindowDefinition.session(WindowEvents.SESSION_GAP_MILLIS + 1);
      default -> throw new IllegalArgumentException("no such window: " + kind);
    };
  }

  private static Pipeline pipeline(WindowDefinition window, long events) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .readFrom(
            Sources.<JetSource.Event>streamFromProcessorWithWatermarks(
                "events",
                true,
                policy -> ProcessorMetaSupplier.of(CORES, () -> new JetSource(policy, events))))
        .withNativeTimestamps(WindowEvents.LAG_MILLIS)
        .setLocalParallelism(CORES)
        .groupingKey(JetSource.Event::key)
        .window(window)
        .aggregate(
            AggregateOperations.allOf(
                AggregateOperations.counting(),
                AggregateOperations.summingLong(JetSource.Event::value)))
        .writeTo(
            SinkBuilder.sinkBuilder("count", context -> RESULT_ROWS)
                .<KeyedWindowResult<Long, Tuple2<Long, Long>>>receiveFn(
                    (rows, result) -> rows.increment())
                .preferredLocalParallelism(CORES)
                .build());
    return pipeline;
  }
}
