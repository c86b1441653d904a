package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.engine.ViewFailure;
import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.runtime.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ModelChangesTest {
  private static final String REACHED = "test.careful.reached";
  private static final String MAY_FAIL = "test.careful.mayFail";

  @TempDir private Path directory;

  @AfterEach
  void forgetProperties() {
    System.clearProperty(REACHED);
    System.clearProperty(MAY_FAIL);
  }

  /** Were it to wait for its turn, it would come before the sound ones. */
  @Test
  @Timeout(60)
  void computesAFailedModelAgainOnlyAfterTheSoundOnes() throws Exception {
    OrdersProject project = new OrdersProject(directory);
    try (RunningOrders orders = new RunningOrders(project, OrdersProject.WHOLE)) {
      orders.append(1, 50);
      addTwo(project);
      Serving serving = orders.parts().serving();
      comeTwo(project, serving);
      ModelChanges changes = orders.changes();

      changes.buildLater();
      while (!Boolean.getBoolean(REACHED)) {
        Thread.onSpinWait();
      }
      assertThat(Beside.start("held models", changes::buildComing).join()).isFalse();

      System.setProperty(MAY_FAIL, "true");
      assertThatThrownBy(
              () -> {
                while (!changes.buildComing()) {
                  Thread.onSpinWait();
                }
              })
          .isInstanceOf(ViewFailure.class)
          .hasMessageContaining("it fails");
      assertThat(serving.models().models()).extracting(Model::name).contains("sound");
      assertThat(serving.models().coming()).extracting(Model::name).containsExactly("fragile");
      assertThat(serving.failures()).containsOnlyKeys("fragile");
    } finally {
      System.setProperty(MAY_FAIL, "true");
    }
  }

  /** A model that fails, and one that does not. */
  private static void addTwo(OrdersProject project) throws Exception {
    project.write(
        "functions/Careful.java",
        """
        import dev.freshet.core.function.ScalarFunction;

        public final class Careful extends ScalarFunction {
          public long eval(long value) {
            System.setProperty("test.careful.reached", "true");
            while (!Boolean.getBoolean("test.careful.mayFail")) {
              Thread.onSpinWait();
            }
            throw new OutOfMemoryError("it fails");
          }
        }
        """);
    project.write("models/silver/fragile.sql", "SELECT id, CAREFUL(amount) AS a FROM orders\n");
    project.write("models/silver/sound.sql", "SELECT id, amount + 1 AS a FROM orders\n");
  }

  private static void comeTwo(OrdersProject project, Serving serving) {
    Serving.Models before = serving.models();
    List<Model> coming = new ArrayList<>(project.resolved().models());
    coming.removeIf(
        model -> before.models().stream().anyMatch(each -> each.name().equals(model.name())));
    assertThat(coming).hasSize(2);
    serving.show(
        Serving.Models.of(
            project.read(),
            before.tables(),
            before.models(),
            coming,
            FunctionLibrary.NONE,
            "lake"));
  }
}
