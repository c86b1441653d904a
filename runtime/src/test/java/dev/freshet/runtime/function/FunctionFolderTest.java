package dev.freshet.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionFolderTest {
  private static final String FUNCTION =
      """
      package house;
      public final class Doubled extends dev.freshet.core.function.ScalarFunction {
        public long eval(long value) {
          return Helper.twice(value);
        }
      }
      """;

  private static final String HELPER =
      """
      package house;
      final class Helper {
        static long twice(long value) {
          return 2 * value;
        }
      }
      """;

  @TempDir Path project;

  private Path write(String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Map<String, byte[]> compiled() throws IOException {
    Path other = project.resolve("other");
    List<Path> sources =
        List.of(write("other/Doubled.java", FUNCTION), write("other/Helper.java", HELPER));
    return SourceCompiler.compile(other, sources, List.of());
  }

  private void jar(String name, Map<String, byte[]> classes) throws IOException {
    Files.createDirectories(project.resolve("functions"));
    try (OutputStream file = Files.newOutputStream(project.resolve("functions").resolve(name));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey().replace('.', '/') + ".class"));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
  }

  private static List<String> names(FunctionLibrary library) {
    return library.functions().stream().map(BoundFunction::name).toList();
  }

  @Test
  void aProjectWithoutTheFolderHasNoFunctions() {
    assertThat(FunctionFolder.load(project).functions()).isEmpty();
  }

  @Test
  void findsTheFunctionsOfAJar() throws IOException {
    jar("house.jar", compiled());
    FunctionLibrary library = FunctionFolder.load(project);
    assertThat(names(library)).containsExactly("DOUBLED");
    BoundFunction.Scalar doubled = (BoundFunction.Scalar) library.find("doubled").orElseThrow();
    assertThat(doubled.overloads().getFirst().call(new Object[] {21L})).isEqualTo(42L);
  }

  @Test
  void sourcesUseTheJarsBesideThem() throws IOException {
    jar("house.jar", Map.of("house.Helper", compiled().get("house.Helper")));
    write("functions/house/Doubled.java", FUNCTION);
    assertThat(names(FunctionFolder.load(project))).containsExactly("DOUBLED");
  }

  @Test
  void saysOnceWhichClassIsNotThere() throws IOException {
    jar("house.jar", Map.of("house.Doubled", compiled().get("house.Doubled")));
    assertThatThrownBy(() -> FunctionFolder.load(project))
        .hasMessage(
            "Cannot use function DOUBLED (house.Doubled): it uses the class house.Helper, which is"
                + " not there. Add the jar that has it.");
  }

  @Test
  void whatAFunctionUsesIsPartOfItsMeaning() throws IOException {
    write("functions/Doubled.java", FUNCTION);
    write("functions/Helper.java", HELPER);
    String first = FunctionFolder.load(project).find("DOUBLED").orElseThrow().toString();
    assertThat(FunctionFolder.load(project).find("DOUBLED").orElseThrow()).hasToString(first);
    write("functions/Helper.java", HELPER.replace("2 *", "3 *"));
    assertThat(FunctionFolder.load(project).find("DOUBLED").orElseThrow().toString())
        .isNotEqualTo(first);
  }

  @Test
  void refusesAClassThatCannotBeMade() throws IOException {
    write(
        "functions/Hidden.java",
        "final class Hidden extends dev.freshet.core.function.ScalarFunction {\n"
            + "  public long eval(long x) {\n    return x;\n  }\n}\n");
    assertThatThrownBy(() -> FunctionFolder.load(project))
        .hasMessage(
            "Cannot use function Hidden of functions/: it must be a public class with a public"
                + " constructor without parameters.");
  }
}
