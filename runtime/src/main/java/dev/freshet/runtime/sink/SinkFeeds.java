package dev.freshet.runtime.sink;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.step.Pipeline;
import dev.freshet.deliver.SinkInput;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.dataflow.StepOutput;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelFingerprints;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SinkSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** All sinks of a running project. Safe for all threads. */
public final class SinkFeeds implements AutoCloseable {
  /** No sinks. */
  public static final SinkFeeds NONE = new SinkFeeds(List.of());

  private final List<SinkFeed> feeds;

  public SinkFeeds(List<SinkFeed> feeds) {
    this.feeds = List.copyOf(feeds);
  }

  /**
   * The sinks of a project; connects to none.
   *
   * @param storage the project's state
   * @throws FreshetException with the place in a file that is wrong
   */
  public static SinkFeeds of(
      Project project, List<Contract> tables, List<Model> models, Storage storage, Clock clock) {
    Map<String, String> fingerprints = ModelFingerprints.of(models);
    List<SinkFeed> feeds = new ArrayList<>();
    for (SinkSettings settings : new TreeMap<>(project.sinks()).values()) {
      SinkInput input = SinkKinds.input(project, settings, tables, models);
      feeds.add(
          new SinkFeed(
              input,
              settings.kind(),
              SinkKinds.create(project, settings, tables, models),
              storage,
              clock,
              settings.outboxBytes(),
              identity(input, fingerprints, models)));
    }
    return new SinkFeeds(feeds);
  }

  /**
   * Rows of a model may depend on the positions from which on it and the models that it reads are
   * there.
   */
  private static Function<Map<String, Long>, String> identity(
      SinkInput input, Map<String, String> fingerprints, List<Model> models) {
    Set<String> read = new TreeSet<>(Set.of(input.relation()));
    for (Model model : models.reversed()) {
      if (read.contains(model.name())) {
        read.addAll(model.reads());
      }
    }
    String computed =
        fingerprints.getOrDefault(input.relation(), "table")
            + " "
            + input.schema().columns()
            + " "
            + Arrays.toString(input.keyColumns());
    return since -> {
      Map<String, Long> begun = new TreeMap<>(since);
      begun.keySet().retainAll(read);
      return computed + " " + begun;
    };
  }

  public List<SinkFeed> all() {
    return feeds;
  }

  /** What steps are to be told to. */
  public List<StepOutput> outputs() {
    return List.copyOf(feeds);
  }

  /**
   * Starts the tasks of all sinks.
   *
   * @param wakeSteps wakes the thread that makes steps
   * @return the tasks, by their names
   */
  public Map<String, Scheduler.Handle> start(
      Scheduler scheduler, Pipeline pipeline, Runnable wakeSteps, Supplier<Snapshot> snapshots) {
    return start(scheduler, new StepThread(pipeline, wakeSteps), snapshots);
  }

  /** As above, with another way to wait for the end of a step. */
  public Map<String, Scheduler.Handle> start(
      Scheduler scheduler, BetweenSteps steps, Supplier<Snapshot> snapshots) {
    Map<String, Scheduler.Handle> tasks = new LinkedHashMap<>();
    feeds.forEach(feed -> tasks.putAll(feed.start(scheduler, steps, snapshots)));
    return tasks;
  }

  /**
   * Models take the places of others: sinks of what is computed anew get its whole content. On the
   * thread that makes steps, before the step that shows it.
   *
   * @param relations that are computed anew, or are gone
   * @param models all that there are then
   * @param since the position in the input from which on each is there whose rows depend on that
   */
  public void onExchange(Set<String> relations, List<Model> models, Map<String, Long> since) {
    Map<String, String> fingerprints = ModelFingerprints.of(models);
    for (SinkFeed feed : feeds) {
      if (relations.contains(feed.relation())) {
        feed.onExchange(identity(feed.input(), fingerprints, models), since);
      }
    }
  }

  /**
   * Refuses models that a sink could not go on with.
   *
   * @param project with the sinks that run
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID}
   */
  public void requireFit(Project project, List<Contract> tables, List<Model> models) {
    for (SinkFeed feed : feeds) {
      SinkSettings settings = project.sinks().get(feed.name());
      if (settings == null) {
        continue;
      }
      SinkInput next = SinkKinds.input(project, settings, tables, models);
      if (!next.schema().hasSameColumns(feed.schema())
          || !Arrays.equals(next.keyColumns(), feed.input().keyColumns())) {
        throw settings
            .details()
            .require("model")
            .invalid(
                "Cannot apply other columns or another key of "
                    + feed.relation()
                    + " while the project runs: sink "
                    + feed.name()
                    + " writes it. Stop the project and start it again: freshet up");
      }
    }
  }

  /** Whether a task of this name, of {@link #start}, waits for a receiver. */
  public boolean isWriting(String task) {
    return feeds.stream().anyMatch(feed -> feed.taskName().equals(task));
  }

  /** Ends what the sinks are doing; their tasks end by themselves. */
  public void stop() {
    feeds.forEach(SinkFeed::stop);
  }

  /** Lets go of everything; when their tasks have ended. */
  @Override
  public void close() {
    feeds.forEach(SinkFeed::close);
  }
}
