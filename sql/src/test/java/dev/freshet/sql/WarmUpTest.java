package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void endsWithoutAFailureBeforeTheFirstCompiler() throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> failure.set(e));
    try {
      SqlCompiler.warmUp();
      Schema schema = Schema.of(Column.notNull("k", DataType.Simple.INTEGER));
      SqlCompiler compiler =
          new SqlCompiler(Catalog.of(List.of(Catalog.Relation.of("t", schema, "k"))));
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .doesNotContain("sql warm-up");
      assertThat(compiler.query("SELECT k FROM t", "query").schema().names()).containsExactly("k");
      assertThat(failure.get()).isNull();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
