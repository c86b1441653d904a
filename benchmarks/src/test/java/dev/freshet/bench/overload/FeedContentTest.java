package dev.freshet.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeedContentTest {
  private static final String SNAPSHOT =
      """
      id:7
      event:change
      data:{"weight":1,"row":{"id":1,"name":"a"}}

      id:7
      event:change
      data:{"weight":1,"row":{"id":2,"name":"b"}}

      id:7
      event:progress
      data:{"step":7}

      """;

  private final FeedContent content = new FeedContent();

  @Test
  void takesASnapshotAnUpdateAndTheEndOfASlowReader() {
    read(SNAPSHOT, change(8, -1, 1, "a"), change(8, 1, 1, "c"), progress(8));
    assertThat(content.wrong()).isEmpty();
    assertThat(content.changes()).isEqualTo(4);
    assertThat(content.isCutOff()).isFalse();
    read(event(9, "error", "{\"code\":\"LIMIT_EXCEEDED\",\"message\":\"Too slow\"}"));
    assertThat(content.wrong()).isEmpty();
    assertThat(content.isCutOff()).isTrue();
    content.end("");
    assertThat(content.wrong()).isEmpty();
  }

  @Test
  void findsARowThatComesTwice() {
    read(SNAPSHOT, change(8, 1, 1, "a"), progress(8));
    assertThat(content.wrong())
        .isEqualTo("at step 8 there are 2 of the row {\"id\":1,\"name\":\"a\"}");
  }

  /** What was left out shows when it is deleted. */
  @Test
  void findsARowThatNeverCame() {
    read(SNAPSHOT, change(8, -1, 3, "c"), progress(8));
    assertThat(content.wrong()).startsWith("at step 8 there are -1 of the row");
  }

  @Test
  void findsStepsThatGoBack() {
    read(SNAPSHOT, progress(6));
    assertThat(content.wrong()).isEqualTo("step 6 after step 7");
  }

  @Test
  void findsWhatIsNoFeed() {
    read("<html>");
    assertThat(content.wrong()).isEqualTo("a line that is no event: <html>");
  }

  @Test
  void findsAChangeThatCannotBeRead() {
    read(event(7, "change", "{\"weight\":1,\"row\":{\"id\":"));
    assertThat(content.wrong()).startsWith("a change that cannot be read");
  }

  @Test
  void findsAFeedThatEndsForAnotherReason() {
    read(SNAPSHOT, event(8, "error", "{\"code\":\"FEED_ENDED\",\"message\":\"gone\"}"));
    assertThat(content.wrong()).startsWith("the feed ends: ");
  }

  @Test
  void findsAFeedThatEndsWithoutSayingWhy() throws Exception {
    ProjectOverload.readOn(new BufferedReader(new StringReader(SNAPSHOT)), content, false);
    assertThat(content.wrong()).isEqualTo("the feed ended without saying why");
  }

  /** Only a connection that breaks shows that something is lacking. */
  @Test
  void findsAFeedThatEndsAsIfItWereWholeAlsoWhereItMayBeCut() throws Exception {
    ProjectOverload.readOn(new BufferedReader(new StringReader(SNAPSHOT)), content, true);
    assertThat(content.wrong()).isEqualTo("the feed ended without saying why");
  }

  @Test
  void takesAFeedThatIsCutOffUnderAReaderThatDidNotRead() throws Exception {
    read(SNAPSHOT);
    BufferedReader broken = new BufferedReader(new StringReader(""));
    broken.close();
    ProjectOverload.readOn(broken, content, true);
    assertThat(content.wrong()).isEmpty();
    assertThat(content.isCutOff()).isTrue();
  }

  @Test
  void findsAFeedThatBreaks() throws Exception {
    read(SNAPSHOT);
    BufferedReader broken = new BufferedReader(new StringReader(""));
    broken.close();
    ProjectOverload.readOn(broken, content, false);
    assertThat(content.wrong())
        .isEqualTo("the feed ended without saying why: java.io.IOException: Stream closed");
  }

  @Test
  void findsAFeedWithoutChanges() {
    read(progress(7));
    assertThat(content.wrong()).isEqualTo("the feed has sent no change");
  }

  private void read(String... events) {
    List.of(events).forEach(text -> text.lines().forEach(content::line));
  }

  private static String change(long step, int weight, long id, String name) {
    String row = "{\"id\":" + id + ",\"name\":\"" + name + "\"}";
    return event(step, "change", "{\"weight\":" + weight + ",\"row\":" + row + "}");
  }

  private static String progress(long step) {
    return event(step, "progress", "{\"step\":" + step + "}");
  }

  private static String event(long step, String name, String data) {
    return "id:" + step + "\nevent:" + name + "\ndata:" + data + "\n\n";
  }
}
