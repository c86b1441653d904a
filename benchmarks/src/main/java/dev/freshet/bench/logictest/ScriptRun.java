package dev.freshet.bench.logictest;

import dev.freshet.bench.logictest.Counts.Mode;
import dev.freshet.bench.logictest.ScriptRecord.Outcome;
import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.bench.logictest.ScriptRecord.Statement;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.property.Draws;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs one script in databases of its own. One thread owns it. */
final class ScriptRun {
  private final Corpus.Script script;
  private final BitSet chosen;
  private final Set<Mode> modes;
  private final long seed;
  private final Counts counts;

  /** A change that is not ours and so did not happen; what comes after it may differ. */
  private Optional<NotOurs> missing = Optional.empty();

  ScriptRun(Corpus.Script script, BitSet chosen, Set<Mode> modes, long seed, Counts counts) {
    this.script = script;
    this.chosen = chosen;
    this.modes = Set.copyOf(modes);
    this.seed = seed;
    this.counts = counts;
  }

  void run() {
    Draws draws = new Draws(seed ^ script.path().hashCode());
    try (ScriptDatabase database = new ScriptDatabase();
        MaintainedViews views =
            new MaintainedViews(
                database, draws, (query, happened) -> count(query, Mode.MAINTAINED, happened))) {
      for (int i = 0; i < script.records().size(); i++) {
        switch (script.records().get(i)) {
          case Statement statement -> {
            views.flush();
            run(statement, database, views);
          }
          case Query query -> {
            if (chosen.get(i)) {
              run(query, database, views);
            }
          }
        }
      }
      views.flush();
    }
  }

  private void run(Statement statement, ScriptDatabase database, MaintainedViews views) {
    String refusal = null;
    try {
      database.execute(statement.sql());
      if (statement.outcome() == Outcome.ERROR) {
        database.flush();
      }
      if (modes.contains(Mode.MAINTAINED) && ScriptDatabase.isDefinition(statement.sql())) {
        views.define(statement.sql());
      }
    } catch (RuntimeException e) {
      refusal = message(e);
    }
    boolean asExpected = (refusal == null) == (statement.outcome() == Outcome.OK);
    if (asExpected) {
      counts.statement();
      return;
    }
    String happened = refusal == null ? "should have failed" : refusal;
    Optional<NotOurs> why = NotOurs.of(statement.sql(), happened);
    if (why.isPresent() && !why.get().isWithoutEffect()) {
      missing = why;
    }
    why.ifPresentOrElse(
        counts::statementNotOurs,
        () -> counts.failed(where(statement.line(), statement.sql()) + "\n  " + happened));
  }

  private void run(Query query, ScriptDatabase database, MaintainedViews views) {
    if (modes.contains(Mode.ONE_SHOT)) {
      count(query, Mode.ONE_SHOT, answer(query, database));
    }
    if (modes.contains(Mode.MAINTAINED)) {
      views.add(query);
    }
  }

  private void count(Query query, Mode mode, @Nullable String happened) {
    if (happened == null) {
      counts.held(mode);
      return;
    }
    NotOurs.of(query.sql(), happened)
        .or(() -> happened.startsWith("expected ") ? missing : Optional.empty())
        .ifPresentOrElse(
            why -> counts.notOurs(mode, why),
            () ->
                counts.failed(
                    Counts.label(mode)
                        + ", "
                        + where(query.line(), query.sql())
                        + "\n  "
                        + happened));
  }

  private static @Nullable String answer(Query query, ScriptDatabase database) {
    try {
      return Answer.of(query, database.query(query.sql())).difference(query).orElse(null);
    } catch (RuntimeException e) {
      return message(e);
    }
  }

  static String message(RuntimeException e) {
    return e instanceof FreshetException known
        ? known.code() + " " + known.getMessage()
        : "a defect: " + e;
  }

  private String where(int line, String sql) {
    return script.path() + " line " + line + ": " + sql;
  }
}
