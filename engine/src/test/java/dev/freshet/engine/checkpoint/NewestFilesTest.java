package dev.freshet.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewestFilesTest {
  private final NewestFiles files = new NewestFiles();
  private final List<String> deleted = new ArrayList<>();

  @Test
  void leavesAFileAloneThatTookTheNameOver() {
    Object first = new Object();
    Object second = new Object();
    assertThat(files.create("spill-0", first, () -> "file")).isEqualTo("file");
    files.create("spill-0", second, () -> "file");
    files.delete("spill-0", first, () -> deleted.add("first"));
    assertThat(deleted).isEmpty();
    files.delete("spill-0", second, () -> deleted.add("second"));
    files.delete("spill-0", second, () -> deleted.add("second again"));
    assertThat(deleted).containsExactly("second");
  }

  @Test
  void deletesFilesOfOtherNames() {
    Object owner = new Object();
    files.create("spill-0", owner, () -> "file");
    files.create("spill-1", owner, () -> "file");
    files.delete("spill-0", owner, () -> deleted.add("spill-0"));
    assertThat(deleted).containsExactly("spill-0");
  }
}
