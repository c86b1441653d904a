package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageRangeTest {
  @Test
  void cutsAFileIntoRangesOfWhichTheLastIsOpen() {
    assertThat(PageRange.ALL.cut(10, 4))
        .containsExactly(
            new PageRange(0, 4), new PageRange(4, 8), new PageRange(8, PageRange.OPEN));
    assertThat(PageRange.ALL.cut(8, 4))
        .containsExactly(new PageRange(0, 4), new PageRange(4, PageRange.OPEN));
    assertThat(PageRange.ALL.cut(3, 4)).containsExactly(PageRange.ALL);
  }

  @Test
  void takesOutWhatWasRead() {
    List<PageRange> read =
        List.of(new PageRange(8, 12), new PageRange(0, 4), new PageRange(12, 16));
    assertThat(PageRange.ALL.without(read))
        .containsExactly(new PageRange(4, 8), new PageRange(16, PageRange.OPEN));
    assertThat(PageRange.ALL.without(List.of(PageRange.ALL))).isEmpty();
    assertThat(PageRange.ALL.without(List.of())).containsExactly(PageRange.ALL);
    assertThat(new PageRange(16, PageRange.OPEN).cut(10, 4))
        .containsExactly(new PageRange(16, PageRange.OPEN));
  }

  @Test
  void saysItsRowsInSql() {
    assertThat(PageRange.ALL.condition()).isEmpty();
    assertThat(new PageRange(4, 8).condition()).isEqualTo("ctid >= '(4,0)' AND ctid < '(8,0)'");
    assertThat(new PageRange(8, PageRange.OPEN).condition()).isEqualTo("ctid >= '(8,0)'");
  }

  @Test
  void countsValuesThatLieElsewhere() {
    assertThat(new TablePages(1000, 8192, 8192_000, 0, "").pagesWith(81_920)).isEqualTo(10);
    assertThat(new TablePages(1000, 8192, 81_920_000, 0, "").pagesWith(819_200)).isEqualTo(10);
    assertThat(new TablePages(1000, 8192, 1L << 50, 0, "").pagesWith(1)).isEqualTo(1);
  }
}
