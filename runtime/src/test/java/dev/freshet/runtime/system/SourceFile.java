package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;

/** The file {@code sources/shop.yaml} of a project, which has a mistake. */
final class SourceFile {
  private SourceFile() {}

  /** What a check says of the source; {@code SECRET} is {@code s3cret}. */
  static AbstractThrowableAssert<?, ?> refused(Path project, String source) throws IOException {
    write(project, "freshet.yaml", "name: shop\nserve: {port: 0}\n");
    write(project, "sources/shop.yaml", source);
    return assertThatThrownBy(
        () -> ProjectCheck.run(ProjectReader.read(project, Map.of("SECRET", "s3cret"), "")));
  }

  static void write(Path project, String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
