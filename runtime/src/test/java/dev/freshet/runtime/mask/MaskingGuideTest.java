package dev.freshet.runtime.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.inspect.LogDump;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/masking.md says, and finds what it shows. */
@Timeout(120)
class MaskingGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+)(?: ([^\\n]+?))? -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern QUOTED = Pattern.compile("'(.*)'");

  @TempDir private Path folder;

  @Test
  void doesWhatTheGuideSays() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/masking.md")));
    List<String> done = new ArrayList<>();
    try (MaskedProject project = new MaskedProject(folder)) {
      while (step.find()) {
        String block = step.group(3);
        switch (step.group(1)) {
          case "file" ->
              project.write(
                  step.group(2),
                  block.startsWith("name: shop\n") ? block + "serve: {port: 0}\n" : block);
          case "key" -> {
            Matcher key = QUOTED.matcher(block);
            assertThat(key.find()).isTrue();
            project.set("MASKING_KEY", key.group(1));
          }
          case "check" -> {
            assertThat("$ ./freshet check\n" + String.join("\n", project.check()) + "\n")
                .isEqualTo(block);
            assertThat(project.start().masked())
                .containsExactly(
                    "customers: customer_id tokenize, email hash, full_name tokenize, postcode"
                        + " truncate 2, birth_date null, tax_number drop",
                    "orders: customer_id tokenize");
          }
          case "query" -> project.await(step.group(2), block);
          case "refused" -> assertThat(dump(project)).contains(block.strip());
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      project.stop();
      assertThat(
              new StateScan("ada@example.org", "rene@example.org", "Lovelace", "9005512", "37000")
                  .found(project.state()))
          .isEmpty();
    }
    assertThat(done).contains("file", "key", "check", "query", "refused");
  }

  private static String dump(MaskedProject project) {
    StringBuilder text = new StringBuilder();
    new LogDump("", "", "orders", Long.MAX_VALUE, true).run(project.state(), text::append);
    return text.toString();
  }
}
