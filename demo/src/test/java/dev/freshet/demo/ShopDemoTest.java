package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShopDemoTest {
  @Test
  void endsEqualToPostgres() throws Exception {
    var bytes = new ByteArrayOutputStream();
    var options = new DemoOptions(Path.of("../examples/shop"), 200, Duration.ofSeconds(5), 7, 0);
    boolean isEqual;
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      isEqual = new ShopDemo(options, out).run();
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(isEqual).as(printed).isTrue();
    assertThat(printed).contains("Everything is equal").doesNotContain(" 0 row changes");
  }
}
