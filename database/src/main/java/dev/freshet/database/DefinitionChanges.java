package dev.freshet.database;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.database.definition.TableDefinition;
import dev.freshet.database.definition.ViewDefinition;
import dev.freshet.engine.ViewBuild;
import dev.freshet.sql.Statement;
import dev.freshet.sql.statement.Definition;
import dev.freshet.sql.statement.Definition.Otherwise;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * CREATE and DROP. First the engine, which may refuse; then the file, which makes it last; then a
 * step without changes, from which on readers see it. Only the thread that writes may use it.
 */
final class DefinitionChanges {
  private final OpenParts parts;
  private final Relations relations;
  private final Writer writer;
  private final long visibleStep;

  DefinitionChanges(OpenParts parts, Writer writer, long visibleStep) {
    this.parts = parts;
    this.relations = parts.relations();
    this.writer = writer;
    this.visibleStep = visibleStep;
  }

  WriteResult create(Definition.CreateTable create) {
    if (create.primaryKey().isEmpty() && create.keep() == Keep.ALL) {
      throw new FreshetException(
          ErrorCode.TABLE_WITHOUT_KEY,
          "Cannot create table "
              + create.name()
              + ": it has no key. Name the columns that identify a row: PRIMARY KEY ("
              + create.schema().column(0).name()
              + "), or keep no rows: WITH ('keep' = 'none').");
    }
    if (create.otherwise() == Otherwise.IGNORE
        && relations.definitions().table(create.name()).isPresent()) {
      return unchanged();
    }
    requireUnused(create.name());
    TableDefinition table =
        new TableDefinition(
            create.name(),
            create.schema(),
            create.primaryKey(),
            writer.nextOffset(),
            create.watermark(),
            create.keep());
    return run(() -> relations.create(table, parts.pipeline()));
  }

  /**
   * Begins to compute a view, so that others can write until it is done; what is refused at once is
   * refused here. Empty when the view has little to compute, or is there already.
   */
  Optional<ViewBuild> begin(Statement.CreateView create) {
    String name = create.definition().name();
    boolean isThere = relations.exists(name);
    switch (create.definition().otherwise()) {
      case IGNORE -> {
        if (isThere) {
          return Optional.empty();
        }
      }
      case FAIL -> requireUnused(name);
      case REPLACE -> requireNotItself(create);
    }
    return parts.commits().call(() -> relations.begin(name, create));
  }

  void abandon(ViewBuild build) {
    parts
        .commits()
        .call(() -> {
          relations.abandon(build);
          return 0;
        });
  }

  /**
   * @param build what {@link #begin} gave, and has run
   */
  WriteResult create(Statement.CreateView create, String sql, Optional<ViewBuild> build) {
    String name = create.definition().name();
    Optional<ViewDefinition> old = relations.definitions().view(name);
    long since = build.map(ViewBuild::since).orElseGet(writer::nextOffset);
    Addition addition = new Addition(new ViewDefinition(name, sql, since), create, build);
    return switch (create.definition().otherwise()) {
      case IGNORE -> old.isPresent() ? unchanged() : createNew(addition);
      case FAIL -> createNew(addition);
      case REPLACE -> old.isEmpty() ? createNew(addition) : replace(old.get(), addition);
    };
  }

  private record Addition(
      ViewDefinition view, Statement.CreateView create, Optional<ViewBuild> build) {
    void to(Relations relations) {
      if (build.isPresent()) {
        relations.create(view, create, build.get());
      } else {
        relations.create(view, create);
      }
    }

    WriteResult warned(WriteResult created, Relations relations) {
      List<String> warnings = new ArrayList<>(create.query().warnings());
      for (String name : create.query().reads()) {
        if (relations.keep(name) == Keep.NONE) {
          warnings.add(
              "The view begins with the rows of "
                  + name
                  + " that come from now on: "
                  + name
                  + " keeps no rows.");
        }
      }
      return new WriteResult(created.step(), created.rows(), warnings);
    }
  }

  private WriteResult createNew(Addition addition) {
    requireUnused(addition.view().name());
    return addition.warned(run(() -> addition.to(relations)), relations);
  }

  private static void requireNotItself(Statement.CreateView create) {
    String name = create.definition().name();
    if (create.query().reads().contains(name)) {
      throw new FreshetException(
          ErrorCode.SQL_INVALID, "Cannot replace view " + name + ": its query reads itself.");
    }
  }

  private WriteResult replace(ViewDefinition old, Addition addition) {
    ViewDefinition view = addition.view();
    requireNotItself(addition.create());
    WriteResult replaced =
        run(() -> {
          relations.drop(view.name(), parts.pipeline());
          try {
            addition.to(relations);
          } catch (RuntimeException e) {
            relations.restore(old);
            throw e;
          }
        });
    endFeeds(view.name(), "was replaced");
    return addition.warned(replaced, relations);
  }

  WriteResult drop(Definition.Drop drop) {
    boolean isThere =
        switch (drop.kind()) {
          case TABLE -> relations.definitions().table(drop.name()).isPresent();
          case VIEW -> relations.definitions().view(drop.name()).isPresent();
        };
    if (!isThere && drop.otherwise() == Otherwise.IGNORE) {
      return unchanged();
    }
    if (!isThere) {
      String kind = drop.kind().name().toLowerCase(Locale.ROOT);
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot drop " + kind + " " + drop.name() + ": there is no such " + kind + ".");
    }
    WriteResult dropped = run(() -> relations.drop(drop.name(), parts.pipeline()));
    endFeeds(drop.name(), "was dropped");
    return dropped;
  }

  private void requireUnused(String name) {
    if (relations.exists(name)) {
      throw new FreshetException(
          ErrorCode.ALREADY_EXISTS,
          "Cannot create " + name + ": there is a table or view of this name. Drop it first.");
    }
  }

  private WriteResult run(Runnable change) {
    long step =
        parts
            .commits()
            .call(() -> {
              change.run();
              writer.guarded(() -> {
                relations.save();
                return 0;
              });
              return writer.commit(List.of());
            });
    return new WriteResult(step, 0);
  }

  private WriteResult unchanged() {
    return new WriteResult(visibleStep, 0);
  }

  private void endFeeds(String name, String what) {
    parts
        .subscriptions()
        .end(
            name,
            new FreshetException(ErrorCode.NOT_FOUND, "The feed ends: " + name + " " + what + "."));
  }
}
