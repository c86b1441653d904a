package dev.freshet.runtime.function;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.UserFunction;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles Java sources in memory with the compiler that comes with the JDK. */
final class SourceCompiler {
  private static final int MAX_ERRORS = 5;

  private final Path folder;
  private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();
  private final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();

  private SourceCompiler(Path folder) {
    this.folder = folder;
  }

  /** The bytes of the classes by name. */
  static Map<String, byte[]> compile(Path folder, List<Path> sources, List<Path> jars) {
    return new SourceCompiler(folder).compile(sources, jars);
  }

  private Map<String, byte[]> compile(List<Path> sources, List<Path> jars) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new FreshetException(
          ErrorCode.FUNCTION_INVALID,
          "Cannot compile "
              + folder.relativize(sources.getFirst())
              + ": this Java has no compiler. Run on a JDK, or put a jar into functions/.");
    }
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8);
        JavaFileManager inMemory = new InMemory(files)) {
      List<String> options = List.of("-proc:none", "-nowarn", "-g", "-classpath", classPath(jars));
      boolean done =
          compiler
              .getTask(
                  null,
                  inMemory,
                  diagnostics,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!done) {
        throw new FreshetException(ErrorCode.FUNCTION_INVALID, errors());
      }
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to compile " + folder + ": " + e.getMessage(), e);
    }
    Map<String, byte[]> compiled = new HashMap<>();
    classes.forEach((name, bytes) -> compiled.put(name, bytes.toByteArray()));
    return compiled;
  }

  /** What functions may use: what they extend, and the jars beside them. */
  private static String classPath(List<Path> jars) {
    List<String> paths = new ArrayList<>();
    try {
      URI core =
          Objects.requireNonNull(UserFunction.class.getProtectionDomain().getCodeSource())
              .getLocation()
              .toURI();
      paths.add(Path.of(core).toString());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path has places", e);
    }
    jars.forEach(jar -> paths.add(jar.toString()));
    return String.join(File.pathSeparator, paths);
  }

  private String errors() {
    List<Diagnostic<? extends JavaFileObject>> errors =
        diagnostics.getDiagnostics().stream()
            .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
            .toList();
    String more =
        errors.size() > MAX_ERRORS ? "\n" + (errors.size() - MAX_ERRORS) + " more errors." : "";
    return errors.stream()
        .limit(MAX_ERRORS)
        .map(this::error)
        .collect(Collectors.joining("\n", "", more));
  }

  private String error(Diagnostic<? extends JavaFileObject> error) {
    String message =
        error.getMessage(Locale.ROOT).strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll(" +", " ");
    JavaFileObject source = error.getSource();
    if (source == null) {
      return "Cannot compile functions/: " + message + ".";
    }
    Path file = Path.of(source.toUri());
    String name = "functions/" + folder.toAbsolutePath().relativize(file);
    StringBuilder text = new StringBuilder(name);
    text.append(':').append(error.getLineNumber()).append(':').append(error.getColumnNumber());
    text.append(": Cannot compile: ").append(message).append('.');
    line(file, error.getLineNumber(), error.getColumnNumber(), text);
    return text.toString();
  }

  private static void line(Path file, long line, long column, StringBuilder text) {
    try {
      List<String> lines = Files.readAllLines(file);
      if (line >= 1 && line <= lines.size() && column >= 1) {
        String shown = lines.get((int) line - 1).replace('\t', ' ');
        text.append("\n  ").append(shown).append("\n  ");
        text.repeat(' ', (int) column - 1).append('^');
      }
    } catch (IOException e) {
      // The place alone must do.
    }
  }

  /** Keeps what the compiler writes. */
  private final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    InMemory(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/')), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
