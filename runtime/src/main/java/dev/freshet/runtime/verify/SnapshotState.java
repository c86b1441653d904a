package dev.freshet.runtime.verify;

import dev.freshet.engine.Snapshot;
import dev.freshet.engine.hash.Part;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.engine.hash.StateHash.WeightedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of an engine in this process. */
record SnapshotState(String text, Snapshot snapshot) implements LiveState {
  @Override
  public At<Map<String, Hashes>> relations() {
    Map<String, Hashes> hashes = new LinkedHashMap<>();
    for (String relation : snapshot.relations()) {
      hashes.put(
          relation,
          new Hashes(
              StateHash.of(snapshot, relation, RowKind.CONTENT),
              StateHash.of(snapshot, relation, RowKind.ERRORS)));
    }
    return at(hashes);
  }

  @Override
  public At<List<StateHash>> parts(String relation, RowKind kind, int count) {
    return at(StateHash.ofParts(snapshot, relation, kind, count));
  }

  @Override
  public At<List<WeightedText>> rows(String relation, RowKind kind, Part part) {
    List<WeightedText> rows = new ArrayList<>();
    StateHash.rows(snapshot, relation, kind, part, rows::add);
    return at(rows);
  }

  private <T> At<T> at(T value) {
    return new At<>(snapshot.step(), value);
  }
}
