package dev.freshet.runtime.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.runtime.mask.ProjectMasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskSettingsTest {
  @TempDir private Path folder;

  private Project read(String main, String contract) throws IOException {
    Files.writeString(folder.resolve("freshet.yaml"), "name: p\n" + main);
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(folder.resolve("contracts/people.yaml"), contract);
    return ProjectReader.read(folder, Map.of("KEY", "k".repeat(32), "SHORT", "hunter2"), "");
  }

  private void refuses(String columns, String... message) {
    assertThatThrownBy(() -> read("", "key: [id]\ncolumns:\n  id: BIGINT\n" + columns))
        .satisfies(e -> assertThat(e.getMessage()).contains(message));
  }

  @Test
  void readsMasksAndTellsTheColumnsThatAreLeft() throws IOException {
    Contract contract =
        read(
                "",
                """
                key: [id]
                columns:
                  id: {type: VARCHAR, mask: {hash: BIGINT}}
                  email: {type: VARCHAR NOT NULL, mask: hash}
                  phone: {type: VARCHAR, mask: tokenize}
                  born: {type: DATE, nullable: false, mask: null}
                  postcode: {type: VARCHAR, mask: {truncate: 2}}
                  ssn: {mask: drop}
                  city: VARCHAR
                """)
            .contracts()
            .get("people");

    assertThat(contract.schema())
        .isEqualTo(
            Schema.of(
                Column.notNull("id", Simple.VARCHAR),
                Column.notNull("email", Simple.VARCHAR),
                Column.nullable("phone", Simple.VARCHAR),
                Column.nullable("born", Simple.DATE),
                Column.nullable("postcode", Simple.VARCHAR),
                Column.nullable("city", Simple.VARCHAR)));
    assertThat(contract.received().schema().column(0))
        .isEqualTo(Column.notNull("id", Simple.BIGINT));
    assertThat(contract.received().schema().names()).contains("ssn");
    assertThat(contract.masking().masks())
        .containsEntry("postcode", new Mask.Truncate(2))
        .hasSize(6);
  }

  @Test
  void refusesMasksThatDoNotFit() {
    refuses(
        "  n: {type: VARCHAR, mask: hsah}\n",
        "Invalid mask: hsah. Did you mean hash?",
        "at contracts/people.yaml:4:28",
        "| " + "  n: {type: VARCHAR, mask: hsah}");
    refuses("  n: {type: VARCHAR, mask: truncate}\n", "{truncate: 3}");
    refuses("  n: {type: VARCHAR, mask: {truncate: -1}}\n", "whole number from 0");
    refuses("  n: {type: VARCHAR, mask: {shorten: 3}}\n", "Invalid setting: shorten");
    refuses(
        "  n: {type: DATE, mask: tokenize}\n",
        "tokenize does not take DATE",
        "drop and null take any");
    refuses("  n: {type: JSON, mask: {truncate: 3}}\n", "truncate 3 does not take JSON");
    refuses("  n: {type: BIGINT, mask: hash}\n", "{type: VARCHAR, mask: {hash: BIGINT}}", "4:13");
    refuses("  n: {type: VARCHAR, mask: {hash: DOUBLE}}\n", "hash does not take DOUBLE");
    refuses("  n: {mask: hash}\n", "Cannot find setting: type");
  }

  @Test
  void refusesMasksOfAKeyThatMakeRowsTheSame() {
    for (String mask : new String[] {"drop", "null", "{truncate: 3}"}) {
      assertThatThrownBy(
              () -> read("", "key: [id]\ncolumns:\n  id: {type: VARCHAR, mask: " + mask + "}\n"))
          .hasMessageContaining("column id of table people is of the key")
          .hasMessageContaining("Use hash or tokenize.")
          .hasMessageContaining("at contracts/people.yaml:1:6");
    }
  }

  @Test
  void takesTheKeyFromTheEnvironmentOnly() throws IOException {
    String contract = "columns:\n  email: {type: VARCHAR, mask: hash}\n";

    ProjectMasks.of(read("masking: {key: '${KEY}'}\n", contract));
    assertThatThrownBy(() -> read("masking: {key: hunter2hunter2}\n", contract))
        .hasMessageContaining("it is a secret, and stands in the file")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> read("masking: {key: '${KEY:-hunter2}'}\n", contract))
        .hasMessageNotContaining("hunter2");
    Project unset = read("masking: {key: '${MISSING}'}\n", contract);
    assertThatThrownBy(() -> ProjectMasks.of(unset))
        .hasMessageContaining("MISSING is not set")
        .hasMessageContaining("at freshet.yaml:2:16");
    Project tooShort = read("masking: {key: '${SHORT}'}\n", contract);
    assertThatThrownBy(() -> ProjectMasks.of(tooShort))
        .hasMessageContaining("shorter than 32")
        .hasMessageNotContaining("hunter2");
    Project none = read("", contract);
    assertThatThrownBy(() -> ProjectMasks.of(none))
        .hasMessageContaining("Cannot mask column email of table people by hash")
        .hasMessageContaining("masking: {key: ${MASKING_KEY}}");
    ProjectMasks.of(read("", "columns:\n  email: {type: VARCHAR, mask: null}\n"));
  }
}
