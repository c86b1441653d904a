package dev.freshet.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryDataTest {
  @Test
  void bothDatabasesAnswerTheSameOverTheSameRows() throws Exception {
    try (FreshetRows freshet = new FreshetRows();
        DuckRows duck = new DuckRows()) {
      freshet.load(20_000);
      duck.load(20_000);
      for (String sql : QueryData.queries().values()) {
        assertThat(freshet.answer(sql).counts())
            .as(sql)
            .isNotEmpty()
            .isEqualTo(duck.answer(sql).counts());
        assertThat(freshet.run(sql)).isEqualTo(duck.run(sql));
      }
    }
  }
}
