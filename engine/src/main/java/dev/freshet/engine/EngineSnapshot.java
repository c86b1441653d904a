package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.BatchSink;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.circuit.OneShot;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A snapshot as lists of immutable runs. */
final class EngineSnapshot implements Snapshot {
  private final long step;
  private final long processingMicros;
  private final List<String> names;
  private final Map<String, Integer> indexes;
  private final Content[] contents;
  private final List<RelationTime> times;

  /** One relation's rows and error rows. */
  record Content(Schema schema, Keep keep, RunList rows, RunList errors) {}

  EngineSnapshot(
      long step,
      long processingMicros,
      List<String> names,
      Map<String, Integer> indexes,
      Content[] contents,
      List<RelationTime> times) {
    this.step = step;
    this.processingMicros = processingMicros;
    this.names = names;
    this.indexes = indexes;
    this.contents = contents;
    this.times = times;
  }

  /** The same relations after a step, of which some have new content. */
  EngineSnapshot after(
      long newStep, long newMicros, Content[] newContents, List<RelationTime> newTimes) {
    return new EngineSnapshot(newStep, newMicros, names, indexes, newContents, newTimes);
  }

  @Override
  public Snapshot with(String relation, Batch rows) {
    Check.that(!indexes.containsKey(relation), "a relation's name is free");
    List<String> moreNames = new ArrayList<>(names);
    moreNames.add(relation);
    Map<String, Integer> moreIndexes = new HashMap<>(indexes);
    moreIndexes.put(relation, contents.length);
    Content[] more = Arrays.copyOf(contents, contents.length + 1);
    int[] key = IntStream.range(0, rows.schema().columnCount()).toArray();
    RowOrder order = RowOrder.byKey(rows.schema(), key);
    RunList content = RunList.of(order, List.of(Chain.of(Run.of(order, rows))));
    RunList noErrors = RunList.of(RowOrder.byKey(Engine.ERROR_SCHEMA, 0), List.of());
    more[contents.length] = new Content(rows.schema(), Keep.ALL, content, noErrors);
    return new EngineSnapshot(step, processingMicros, moreNames, moreIndexes, more, times);
  }

  Content[] contents() {
    return contents;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public long processingMicros() {
    return processingMicros;
  }

  @Override
  public List<RelationTime> times() {
    return times;
  }

  @Override
  public List<String> relations() {
    return names;
  }

  private Content content(String relation) {
    Integer index = indexes.get(relation);
    if (index == null) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot read " + relation + ": there is no such table or view at step " + step + ".");
    }
    return contents[index];
  }

  /** A relation's rows as they are kept. */
  RunList rows(String relation) {
    return kept(relation).rows();
  }

  /** The content of a relation that has rows to read. */
  private Content kept(String relation) {
    Content content = content(relation);
    if (content.keep() == Keep.NONE) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read "
              + relation
              + ": its rows are not kept (keep: none). Subscribe to its changes, or read a view over"
              + " it that keeps its rows.");
    }
    return content;
  }

  @Override
  public Keep keep(String relation) {
    return content(relation).keep();
  }

  @Override
  public Schema schema(String relation) {
    return content(relation).schema();
  }

  @Override
  public int[] keyColumns(String relation) {
    return content(relation).rows().order().key().clone();
  }

  @Override
  public long rowCount(String relation) {
    return content(relation).rows().weight();
  }

  @Override
  public Batch scan(String relation) {
    Content content = kept(relation);
    return content.rows().scan().withSchema(content.schema());
  }

  @Override
  public void scan(String relation, Consumer<Batch> sink) {
    Content content = kept(relation);
    content
        .rows()
        .scan(batch -> {
          sink.accept(batch.withSchema(content.schema()));
          return true;
        });
  }

  @Override
  public Batch lookup(String relation, Batch keys) {
    Content content = kept(relation);
    int[] columns = IntStream.range(0, keys.schema().columnCount()).toArray();
    checkKeyTypes(relation, content, keys.schema());
    return content
        .rows()
        .groups(Probe.of(keys, columns).distinct())
        .rows()
        .withSchema(content.schema());
  }

  private static void checkKeyTypes(String relation, Content content, Schema keys) {
    int[] key = content.rows().order().key();
    boolean same = key.length == keys.columnCount();
    for (int c = 0; same && c < key.length; c++) {
      same = content.schema().type(key[c]).layout() == keys.type(c).layout();
    }
    if (!same) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot look up keys in "
              + relation
              + ": its key is "
              + content.schema().select(key).columns()
              + ", the given columns are "
              + keys.columns()
              + ".");
    }
  }

  @Override
  public Batch errors(String view) {
    return content(view).errors().scan();
  }

  @Override
  public Batch query(Plan plan, long rowsWanted) {
    return OneShot.answer(
        plan,
        new OneShot.Contents() {
          @Override
          public void contents(String relation, BatchSink sink) {
            kept(relation).rows().contents(sink);
          }

          @Override
          public Batch stored(String relation) {
            return kept(relation).rows().stored();
          }

          @Override
          public long rowCount(String relation) {
            return EngineSnapshot.this.rowCount(relation);
          }

          @Override
          public int[] keyColumns(String relation) {
            return EngineSnapshot.this.keyColumns(relation);
          }

          @Override
          public Batch lookup(String relation, Batch keys) {
            return EngineSnapshot.this.lookup(relation, keys);
          }
        },
        rowsWanted);
  }
}
