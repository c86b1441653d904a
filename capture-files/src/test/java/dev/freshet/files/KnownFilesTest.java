package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.files.FilePosition.Ending;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.format.Place;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is known of files, and when it is forgotten. */
class KnownFilesTest {
  private final KnownFiles known = new KnownFiles(2, 2);

  private static FilePosition file(String path, long content, Outcome outcome, long row) {
    return new FilePosition(
        1,
        new FileIdentity("t", path, 10, 0, "", 10, new Digest(content, 0)),
        outcome,
        new Place(row, 0, 0),
        9,
        0,
        Ending.WITH_LINE,
        Optional.empty());
  }

  @Test
  void forgetsTheOldestThatAreGoneButNoneThatIsThere() {
    for (String path : new String[] {"a", "b", "c", "d"}) {
      known.learn(file(path, path.hashCode(), Outcome.DONE, 9));
    }
    known.forgetGone(Set.of("a", "b", "c", "d"));
    assertThat(known.copy()).hasSize(4);

    known.forgetGone(Set.of("a", "d"));
    assertThat(known.copy()).extracting(each -> each.file().path()).containsExactly("a", "d");
  }

  @Test
  void knowsAContentThatSomeFileHas() {
    known.learn(file("a", 1, Outcome.DONE, 9));
    known.learn(file("b", 1, Outcome.DUPLICATE, 9));
    known.learn(file("a", 2, Outcome.DONE, 9));
    known.learn(file("a", 3, Outcome.DONE, 9));
    known.learn(file("a", 4, Outcome.DONE, 9));
    known.learn(file("a", 5, Outcome.DONE, 9));

    assertThat(known.furthest("t", new Digest(1, 0))).isPresent();
    assertThat(known.furthest("t", new Digest(2, 0))).as("two of the past").isEmpty();
    assertThat(known.furthest("t", new Digest(3, 0))).isPresent();
    assertThat(known.copyPast()).hasSize(2);
  }

  @Test
  void readsPositionsThatSayNothingOfWhatIsDigested() {
    FilePosition now = file("a", 1, Outcome.DONE, 9);
    ByteReader in = new ByteReader(now.toBytes(), 0, now.toBytes().length);
    ByteWriter old = new ByteWriter(100);
    in.readByte();
    old.writeByte('F');
    old.writeLong(in.readLong());
    old.writeByte(in.readByte());
    old.writeText(in.readText());
    old.writeText(in.readText());
    old.writeLong(in.readLong());
    old.writeLong(in.readLong());
    in.readLong(); // digested
    for (int i = 0; i < 7; i++) {
      old.writeLong(in.readLong());
    }
    old.writeByte(in.readByte());
    old.writeByte(in.readByte());

    assertThat(FilePosition.read(old.toByteArray())).isEqualTo(now);
  }

  @Test
  void knowsHowFarAContentWasReadByAnyFile() {
    known.learn(file("a", 1, Outcome.ABANDONED, 5));
    known.learn(file("b", 1, Outcome.READING, 7));
    assertThat(known.furthest("t", new Digest(1, 0)).orElseThrow().place().row()).isEqualTo(7);
    known.learn(file("b", 1, Outcome.DONE, 9));
    known.learn(file("a", 1, Outcome.READING, 6));
    assertThat(known.furthest("t", new Digest(1, 0)).orElseThrow().isComplete()).isTrue();
    assertThat(known.unfinished()).hasSize(1);
  }
}
