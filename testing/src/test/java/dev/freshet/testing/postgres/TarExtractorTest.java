package dev.freshet.testing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarExtractorTest {
  @TempDir Path dir;

  @Test
  void writesFilesWithModesAndLinks() throws IOException {
    extract(
        entry("bin/run", '0', "0000755", "", "hello"),
        entry("bin/alias", '2', "0000777", "run", ""),
        entry("share/text", '0', "0000644", "", "x".repeat(1024)));
    assertThat(dir.resolve("bin/alias")).isSymbolicLink().hasContent("hello");
    assertThat(Files.isExecutable(dir.resolve("bin/run"))).isTrue();
    assertThat(Files.getPosixFilePermissions(dir.resolve("share/text")).toString())
        .doesNotContain("EXECUTE");
    assertThat(dir.resolve("share/text")).hasSize(1024);
  }

  @Test
  void refusesToLeaveItsDirectory() {
    assertThatThrownBy(() -> extract(entry("../evil", '0', "0000644", "", "x")))
        .hasMessage("Cannot unpack tar entry outside of its directory: ../evil");
    assertThatThrownBy(() -> extract(entry("link", '2', "0000777", "/etc/passwd", "")))
        .hasMessage("Cannot unpack tar entry outside of its directory: /etc/passwd");
    assertThat(dir.resolveSibling("evil")).doesNotExist();
  }

  @Test
  void refusesWhatItDoesNotKnowAndWhatIsCutOff() {
    assertThatThrownBy(() -> extract(entry("long", 'L', "0000644", "", "x")))
        .hasMessage("Cannot unpack tar entry of type 'L': long");
    byte[] whole = entry("file", '0', "0000644", "", "x".repeat(2000));
    assertThatThrownBy(() -> extract(Arrays.copyOf(whole, 1000))).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> extract(Arrays.copyOf(whole, 100))).isInstanceOf(EOFException.class);
  }

  private void extract(byte[]... entries) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      archive.write(entry);
    }
    TarExtractor.extract(new ByteArrayInputStream(archive.toByteArray()), dir);
  }

  private static byte[] entry(String name, char type, String mode, String link, String content) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    byte[] block = new byte[512 + (data.length + 511) / 512 * 512];
    put(block, 0, name);
    put(block, 100, mode);
    put(block, 124, String.format("%011o", data.length));
    block[156] = (byte) type;
    put(block, 157, link);
    put(block, 257, "ustar  ");
    System.arraycopy(data, 0, block, 512, data.length);
    return block;
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }
}
