package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.function.ScalarFunction;
import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.function.library.ScalarMethod;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view that breaks on a certain row is named, whatever way it is computed. */
class ViewFailureTest {
  private static final Schema SCHEMA = Schema.of(Column.notNull("id", Simple.BIGINT));
  private static final Plan.Scan SCAN = new Plan.Scan("t", SCHEMA);
  private static final int MANY = 70_000;
  private static final long BREAKING = MANY + 13;

  private final Engine engine = new Engine();

  /** Runs out of memory. */
  public static final class Careful extends ScalarFunction {
    public long eval(long value) {
      if (value == BREAKING) {
        throw new OutOfMemoryError(value + " is too much");
      }
      return value;
    }
  }

  private static Plan fragile(Plan input) {
    BoundFunction bound = FunctionLibrary.of(List.of(new Careful())).find("CAREFUL").orElseThrow();
    ScalarMethod method = ((BoundFunction.Scalar) bound).overloads().getFirst();
    Expression call =
        new Expression.UserCall(
            method, List.of(new Expression.ColumnRef(0, Simple.BIGINT)), Simple.BIGINT);
    return new Plan.Project(input, List.of(call), SCHEMA);
  }

  @BeforeEach
  void createTheTable() {
    engine.createTable("t", SCHEMA, 0);
    insert(0, MANY);
  }

  private void insert(long from, long to) {
    TestChanges rows = new TestChanges("t", SCHEMA);
    for (long id = from; id < to; id++) {
      rows.insert(id);
    }
    engine.apply(rows.build(0));
    engine.step(engine.step() + 1, 5);
  }

  private static void assertNames(String view, ThrowingCallable computation) {
    assertThatThrownBy(computation)
        .isInstanceOfSatisfying(
            ViewFailure.class, failure -> assertThat(failure.views()).containsExactly(view))
        .hasMessageContaining(BREAKING + " is too much");
  }

  private static NewView view(String name, Plan plan) {
    return new NewView(name, Set.of(), plan, new int[] {0});
  }

  @Test
  void aLargeViewThatIsCreated() {
    insert(BREAKING, BREAKING + 1);
    assertNames("v", () -> engine.createView("v", fragile(SCAN), 0));
    engine.createView("sound", SCAN, 0);
    assertThat(engine.snapshot().rowCount("sound")).isEqualTo(MANY + 1);
  }

  @Test
  void oneOfSeveralThatAreComputedBeside() {
    insert(BREAKING, BREAKING + 1);
    ViewBuild build =
        engine.beginViews(
            List.of(view("sound", SCAN), view("v", fragile(new Plan.Distinct(SCAN)))), Set.of());
    assertNames("v", build::run);
  }

  @Test
  void oneThatBreaksOnWhatCameWhileItWasComputed() {
    ViewBuild build = engine.beginView("v", List.of(), fragile(SCAN), 0);
    build.run();
    insert(BREAKING, BREAKING + 1);
    assertNames("v", () -> engine.finishView(build));
  }

  @Test
  void oneThatTakesThePlaceOfAnother() {
    engine.createView("v", SCAN, 0);
    ViewBuild build = engine.beginViews(List.of(view("v", fragile(SCAN))), Set.of());
    build.run();
    insert(BREAKING, BREAKING + 1);
    assertNames("v", () -> engine.swapViews(build));
    insert(BREAKING + 1, BREAKING + 2);
    assertThat(engine.snapshot().rowCount("v")).isEqualTo(MANY + 2);
  }
}
