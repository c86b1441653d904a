package dev.freshet.serve.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.LakeStatus;
import dev.freshet.serve.backend.SystemStatus.LedgerStatus;
import dev.freshet.serve.backend.SystemStatus.LogStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import dev.freshet.serve.backend.SystemStatus.StepStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  @Test
  void saysHowLongASnapshotStillTakes() {
    assertThat(snapshotting(-1)).contains("snapshot 37%  ");
    assertThat(snapshotting(45)).contains("snapshot 37%, 45 s left  ");
    assertThat(snapshotting(600)).contains("snapshot 37%, 10 min left  ");
    assertThat(snapshotting(7_500)).contains("snapshot 37%, 2 h 05 min left  ");
  }

  private static String snapshotting(long secondsLeft) {
    SourceStatus source =
        new SourceStatus(
            "shop",
            "postgres",
            "snapshot",
            "",
            0,
            0,
            9,
            1,
            37,
            secondsLeft,
            "",
            List.of(),
            -1,
            List.of(),
            List.of());
    SystemStatus status =
        new SystemStatus(
            "shop",
            7,
            0,
            true,
            List.of(),
            List.of(source),
            List.of(),
            List.of(),
            List.of(),
            new LogStatus(0, 7, 7, 0),
            new LakeStatus("lake", 7, 0, 0),
            List.of(new OutputStatus("lake", DeliveryGuarantee.TRANSACTIONAL, 7)),
            List.of(),
            new StepStatus(7, 7, 1, 1),
            new LedgerStatus(9, 9, 0),
            ModelsStatus.NONE,
            Map.of());
    return String.join("\n", StatusText.tables(status));
  }
}
