package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parts of {@code bin/launch.sh} that decide: which JDK is taken, when a build is stale, and
 * what is in it.
 */
class LauncherTest {
  private static final Path SCRIPT = Path.of("").toAbsolutePath().resolveSibling("bin/launch.sh");

  /**
   * File times in the past, so that a file written by a test is newer than the build without
   * waiting.
   */
  private static final Instant LAST_WEEK = Instant.now().minusSeconds(7 * 86_400);

  @TempDir private Path root;

  private record Answer(int exitCode, String output) {}

  @BeforeEach
  void makeABuild() throws IOException {
    write("core/pom.xml", "<project/>", LAST_WEEK);
    write("core/src/main/java/A.java", "class A {}", LAST_WEEK);
    write("core/src/main/java/B.java", "class B {}", LAST_WEEK);
    write("target/launch/cli/3/a.jar", "", LAST_WEEK);
    write("target/launch/cli/3/jdk", "/jdk\n", LAST_WEEK);
    write(
        "target/launch/cli/3/classpath",
        root.resolve("target/launch/cli/3/a.jar") + "\n",
        LAST_WEEK);
    write("target/launch/cli/3/sources", "core/pom.xml\ncore/src/main\n", LAST_WEEK);
    write("target/launch/cli/3/started", "", Instant.now().minusSeconds(60));
    write("target/launch/cli/current", "3\n", LAST_WEEK);
    for (String folder : List.of("core/src/main/java", "core/src/main")) {
      Files.setLastModifiedTime(root.resolve(folder), FileTime.from(LAST_WEEK));
    }
  }

  @Test
  void keepsABuildWhoseSourcesAreOlder() throws Exception {
    assertThat(isFresh()).isTrue();
  }

  @Test
  void rebuildsWhenASourceChanged() throws Exception {
    write("core/src/main/java/A.java", "class A { int x; }", Instant.now());
    assertThat(isFresh()).isFalse();
  }

  @Test
  void rebuildsWhenASourceWasDeleted() throws Exception {
    Files.delete(root.resolve("core/src/main/java/B.java"));
    assertThat(isFresh()).isFalse();
  }

  @Test
  void rebuildsWhenAModuleWasRemoved() throws Exception {
    Files.delete(root.resolve("core/pom.xml"));
    assertThat(isFresh()).isFalse();
  }

  @Test
  void rebuildsWhenAJarIsGone() throws Exception {
    Files.delete(root.resolve("target/launch/cli/3/a.jar"));
    assertThat(isFresh()).isFalse();
  }

  @Test
  void takesTheJdkOfJavaHome() throws Exception {
    jdk("mine", "25.0.3");
    Answer answer = bash("JAVA_HOME=" + root + "/mine; freshet_find_jdk; echo $JAVA_HOME");
    assertThat(answer).isEqualTo(new Answer(0, root + "/mine"));
  }

  @Test
  void findsAJdkBesideAnOldJavaHome() throws Exception {
    jdk("old", "17.0.9");
    jdk(".sdkman/candidates/java/26", "26");
    jdk(".jdks/a", "25.0.1");
    String answer =
        bash("JAVA_HOME="
                + root
                + "/old HOME="
                + root
                + "; freshet_find_jdk; freshet_jdk_version $JAVA_HOME; echo $REPLY")
            .output();
    // The machine may have a JDK 25 of its own, which comes earlier; never the newer one.
    assertThat(answer).isEqualTo("25");
  }

  @Test
  void saysInOneLineThatThereIsNoJdk() throws Exception {
    Answer answer = bash("FRESHET_JDK_MIN=999; freshet_find_jdk");
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.output().lines())
        .singleElement()
        .asString()
        .startsWith("Cannot find JDK 999 or later");
  }

  @Test
  void saysInOneLineThatThereIsNoMaven() throws Exception {
    Answer answer = bash("PATH=" + root + "; freshet_find_maven");
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.output().lines()).singleElement().asString().startsWith("Cannot find Maven");
  }

  /** Our jars are copied, signed ones without their signature, and others stay where they are. */
  @Test
  void takesSignedJarsWithoutTheirSignature(@TempDir Path repository) throws Exception {
    Path plain = jar(repository.resolve("plain.jar"), "META-INF/MANIFEST.MF", "p/Plain.class");
    Path signed =
        jar(
            repository.resolve("signed.jar"),
            "META-INF/MANIFEST.MF",
            "META-INF/KEY-1.SF",
            "META-INF/KEY-1.RSA",
            "s/Signed.class");
    Path own = root.resolve("cli/target/freshet-cli-1-SNAPSHOT.jar");
    write("cli/target/classpath", plain + ":" + signed + "\n", LAST_WEEK);
    jar(own, "META-INF/MANIFEST.MF", "dev/freshet/A.class");
    Path build = root.resolve("target/launch/cli/4");
    Files.createDirectory(build);
    String home = "JAVA_HOME=" + System.getProperty("java.home");
    assertThat(bash(home + "; freshet_snapshot cli " + build)).isEqualTo(new Answer(0, ""));
    assertThat(Files.readString(build.resolve("classpath")).strip().split(":"))
        .containsExactly(
            build.resolve("freshet-cli-1-SNAPSHOT.jar").toString(),
            plain.toString(),
            build.resolve("signed.jar").toString());
    try (ZipFile unsigned = new ZipFile(build.resolve("signed.jar").toFile())) {
      assertThat(unsigned.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName))
          .containsExactlyInAnyOrder("META-INF/MANIFEST.MF", "s/Signed.class");
    }
    try (Stream<Path> left = Files.list(build)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "classpath", "freshet-cli-1-SNAPSHOT.jar", "jdk", "signed.jar", "sources");
    }
  }

  private static Path jar(Path path, String... entries) throws IOException {
    Files.createDirectories(path.getParent());
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
      for (String entry : entries) {
        out.putNextEntry(new ZipEntry(entry));
        out.write(entry.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return path;
  }

  private boolean isFresh() throws Exception {
    return bash("freshet_fresh_build cli").exitCode() == 0;
  }

  private void jdk(String folder, String version) throws IOException {
    Path javac = write(folder + "/bin/javac", "", LAST_WEEK);
    assertThat(javac.toFile().setExecutable(true)).isTrue();
    write(folder + "/release", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n", LAST_WEEK);
  }

  private Path write(String name, String content, Instant time) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(time));
    return file;
  }

  private Answer bash(String commands) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", "FRESHET_ROOT=" + root + "; . " + SCRIPT + "; " + commands)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Answer(process.exitValue(), output);
  }
}
