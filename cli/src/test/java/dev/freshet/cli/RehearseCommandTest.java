package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a part that fails only costs, speed, would otherwise not be noticed. */
class RehearseCommandTest {
  @BeforeEach
  void standInTheCheckout() {
    System.setProperty("freshet.home", "..");
  }

  @AfterEach
  void leaveIt() {
    System.clearProperty("freshet.home");
  }

  @Test
  void rehearsesEveryPart() {
    StringWriter err = new StringWriter();
    int exitCode =
        FreshetCommand.run(
            new String[] {"rehearse"},
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true));
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
  }
}
