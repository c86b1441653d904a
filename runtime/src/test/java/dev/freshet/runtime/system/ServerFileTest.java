package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFileTest {
  @TempDir private Path state;

  @Test
  void isAnsweredOnlyWhileSomeoneListens() throws IOException {
    assertThat(ServerFile.isAnswered(state)).isFalse();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String address = "http://127.0.0.1:" + server.getLocalPort();
      ServerFile.write(state, address);
      assertThat(ServerFile.address(state)).isEqualTo(address);
      assertThat(ServerFile.isAnswered(state)).isTrue();
    }
    assertThat(state.resolve("server.address")).exists();
    assertThat(ServerFile.isAnswered(state)).isFalse();
  }

  @Test
  void takesAFileThatACrashCutForALeftover() throws IOException {
    for (String left : new String[] {"", "http://", "http://127.0.0.1:", "http://[", "\u0000"}) {
      Files.writeString(state.resolve("server.address"), left);
      assertThat(ServerFile.isAnswered(state)).as(left).isFalse();
    }
  }

  @Test
  void saysHowToStartWhenNoneRuns() {
    assertThatThrownBy(() -> ServerFile.address(state))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Start it with: freshet up");
  }
}
