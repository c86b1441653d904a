package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTest {
  private interface Body {
    void run(List<String> options, Report report) throws Exception;
  }

  private record Named(String name, Body body) implements Benchmark {
    @Override
    public String summary() {
      return "does something";
    }

    @Override
    public void run(List<String> options, Report report) throws Exception {
      body.run(options, report);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void listsWhatThereIs() {
    assertThat(run(new Named("sum", (options, report) -> {}))).isZero();
    assertThat(out.toString()).contains("sum", "does something");
  }

  @Test
  void endsWithOneLinePerFigure() {
    Benchmark sum =
        new Named(
            "sum",
            (options, report) -> {
              report.atLeast("rows_per_s", 41_234.5, 30_000);
              report.atMost("p99_ms", 251, 250);
              report.figure("heap_mib", 0.25);
            });
    assertThat(run(sum, "sum")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "bench sum rows_per_s value=41230 target=30000 ok",
            "bench sum p99_ms value=251 target=250 short",
            "bench sum heap_mib value=0.25 target=- ok");
  }

  @Test
  void failsWithoutAFigure() {
    assertThat(run(new Named("sum", (options, report) -> {}), "sum")).isEqualTo(1);
    assertThat(err.toString()).contains("took no figure");
  }

  @Test
  void neverCallsAMissingValueGood() {
    assertThat(
            run(
                new Named("sum", (options, report) -> report.atMost("p99_ms", Double.NaN, 250)),
                "sum"))
        .isZero();
    assertThat(out.toString()).contains("value=none target=250 short");
  }

  @Test
  void refusesAnUnknownNameAndAnUnknownOption() {
    Benchmark sum = new Named("sum", (options, report) -> Options.of(options, "rate"));
    assertThat(run(sum, "product")).isEqualTo(2);
    assertThat(run(sum, "sum", "--rat", "5")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Cannot find benchmark: product", "Invalid option: --rat; known are --rate");
  }

  private int run(Benchmark benchmark, String... arguments) {
    return Bench.run(
        List.of(arguments),
        List.of(benchmark),
        new PrintStream(out, true),
        new PrintStream(err, true));
  }
}
