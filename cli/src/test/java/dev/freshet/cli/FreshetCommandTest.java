package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FreshetCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void answersItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("freshet ").contains("Java 2");
  }

  @Test
  void showsHelpWithoutArguments() {
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("Usage: freshet").doesNotContain("rehearse");
  }

  @Test
  void refusesAnUnknownCommand() {
    assertThat(run("frobnicate")).isEqualTo(2);
    assertThat(err.toString()).contains("frobnicate");
  }

  @Test
  void rehearsesWithoutAnExample() {
    assertThat(run("rehearse")).isZero();
    assertThat(err.toString()).startsWith("Rehearsed only in part").contains("examples/shop");
  }

  @Test
  void printsAUsersErrorWithoutAStackTrace() {
    var failure = new FreshetException(ErrorCode.CONFIG_NOT_FOUND, "Cannot find project: shop");
    assertThat(ErrorReport.report(failure, new PrintWriter(err, true))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("Cannot find project: shop [CONFIG_NOT_FOUND]");
  }

  @Test
  void printsADefectWithItsStackTrace() {
    var failure = new IllegalStateException("unexpected");
    assertThat(ErrorReport.report(failure, new PrintWriter(err, true))).isEqualTo(70);
    assertThat(err.toString()).contains("defect in Freshet", "unexpected", "\tat ");
  }

  private int run(String... args) {
    return FreshetCommand.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
