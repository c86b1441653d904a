package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTest {
  @TempDir private Path folder;
  private final Engine engine = new Engine();
  private Snapshot snapshot = engine.snapshot();

  @BeforeEach
  void writeAProject() throws IOException {
    write("freshet.yaml", "name: shop\n");
    write(
        "sources/shop.yaml",
        "kind: postgres\nurl: postgres://localhost/shop\ntables: [public.orders]\n");
    write("contracts/orders.yaml", "key: [id]\ncolumns: {id: BIGINT, amount: BIGINT}\n");
    write("models/silver/paid.sql", "SELECT id FROM orders WHERE amount > 0\n");
    write("models/gold/total.sql", "SELECT COUNT(*) AS n FROM paid\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** The first so many models are there, the others are coming. */
  private Serving.Models models(int present) {
    Project project = ProjectReader.read(folder, Map.of(), "");
    CheckedModels checked = new TableResolver(project).checkModels(project);
    List<Model> models = checked.models();
    return Serving.Models.of(
        project,
        checked.tables().stream().map(table -> new CapturedTable("shop", table)).toList(),
        models.subList(0, present),
        models.subList(present, models.size()),
        checked.functions(),
        "lake");
  }

  @Test
  void aModelThatIsBeingBuiltSaysHowFarItIs() {
    Serving.Models models = models(1);
    Serving serving = new Serving(models, () -> snapshot);
    serving.follow(() -> 40);
    assertThat(models.relations()).extracting("name").containsExactly("orders", "paid");
    assertThat(models.compiler().query("SELECT n FROM total", "query").reads())
        .containsExactly("total");
    assertThatThrownBy(() -> serving.requireBuilt(models, "total"))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_BUILDING))
        .hasMessageStartingWith("Cannot read total yet: it is being built (40%).");
    assertThatCode(() -> serving.requireBuilt(models, "paid")).doesNotThrowAnyException();
  }

  @Test
  void readersHaveTheModelsAndTheStateBeforeWhileModelsChangePlaces() {
    Serving.Models before = models(1);
    Serving.Models after = models(2);
    Serving serving = new Serving(before, () -> snapshot);
    Snapshot old = snapshot;
    serving.hold();
    engine.step(1, 1);
    snapshot = engine.snapshot();
    assertThat(serving.now()).isEqualTo(new Serving.Moment(before, old));
    serving.show(after);
    assertThat(serving.now()).isEqualTo(new Serving.Moment(after, snapshot));
    assertThat(snapshot.step()).isEqualTo(1);
  }

  @Test
  void aDifferenceTellsWhatChangedByItselfAndWhatReadsIt() throws IOException {
    List<Model> before = models(2).models();
    assertThat(ModelDiff.of(before, models(2).models()).isEmpty()).isTrue();
    write("models/silver/paid.sql", "-- other words\nSELECT id FROM orders WHERE amount > 0\n");
    assertThat(ModelDiff.of(before, models(2).models()).isEmpty()).isTrue();
    write("models/silver/paid.sql", "SELECT id FROM orders WHERE amount > 1\n");
    write("models/gold/more.sql", "SELECT amount FROM orders\n");
    assertThat(ModelDiff.of(before, models(3).models()))
        .isEqualTo(new ModelDiff(List.of("more"), List.of("paid"), List.of("total"), List.of(), 0));
    Files.delete(folder.resolve("models/gold/total.sql"));
    assertThat(ModelDiff.of(before, models(2).models()).removed()).containsExactly("total");
  }
}
