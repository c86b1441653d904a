package dev.freshet.capture.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Contract;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.TypeParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples in the table of values in docs/reference/ingest.md. */
class ValuesTableTest {
  private static final Pattern LINE =
      Pattern.compile(
          "^\\| (`[A-Z].*?`) \\|.*\\| `([^`]*)` \\| (?:`([^`]*)` )?\\|$", Pattern.MULTILINE);
  private static final Pattern TYPE = Pattern.compile("`([^`]*)`");

  @Test
  void areTakenAndRefused() throws IOException {
    String page = Files.readString(Path.of("../docs/reference/ingest.md"));
    Matcher line = LINE.matcher(page.substring(page.indexOf("## Values")));
    int types = 0;
    while (line.find()) {
      Matcher type = TYPE.matcher(line.group(1));
      while (type.find()) {
        types++;
        assertThat(accepts(type.group(1), line.group(2))).as(line.group()).isTrue();
        if (line.group(3) != null) {
          assertThat(accepts(type.group(1), line.group(3))).as(line.group()).isFalse();
        }
      }
    }
    assertThat(types).isEqualTo(19);
  }

  private static boolean accepts(String type, String json) {
    Contract contract =
        new Contract(
            "t", Schema.of(Column.notNull("v", TypeParser.parse(type))), List.of(), "", "");
    byte[] body = ("{\"v\": " + json + "}").getBytes(StandardCharsets.UTF_8);
    return new RowDecoder(contract, UnknownFields.REFUSE)
            .decode(
                RowFormat.JSON, Map.of(), RowChange.UPSERT, body, body.length, ByteBudget.UNBOUNDED)
            .accepted()
        == 1;
  }
}
