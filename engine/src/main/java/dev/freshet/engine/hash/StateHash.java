package dev.freshet.engine.hash;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.ContentHash;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a table or view holds at one step, in a few characters: two engines that hold the same rows
 * have the same hashes, however they came to them.
 *
 * @param rows how many there are, equal ones counted each
 * @param hash of {@link ContentHash}
 */
public record StateHash(long rows, String hash) {

  /**
   * The hash of a relation's rows. What keeps no rows has none.
   *
   * @throws dev.freshet.core.error.FreshetException {@link
   *     dev.freshet.core.error.ErrorCode#NOT_FOUND} when the snapshot has no such relation
   */
  public static StateHash of(Snapshot snapshot, String relation, RowKind kind) {
    ContentHash hash = new ContentHash();
    scan(snapshot, relation, kind, hash::add);
    return of(hash);
  }

  /** The hash of each of so many parts of a relation's rows. */
  public static List<StateHash> ofParts(
      Snapshot snapshot, String relation, RowKind kind, int count) {
    List<ContentHash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(new ContentHash());
    }
    ContentHash any = hashes.getFirst();
    scan(
        snapshot,
        relation,
        kind,
        batch -> any.add(batch, rowHash -> hashes.get(Part.of(rowHash, count))));
    return hashes.stream().map(StateHash::of).toList();
  }

  /** Gives the rows of a part, each as JSON text with how often it is there. */
  public static void rows(
      Snapshot snapshot, String relation, RowKind kind, Part part, Consumer<WeightedText> sink) {
    ContentHash hash = new ContentHash();
    scan(
        snapshot,
        relation,
        kind,
        batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            if (part.has(hash.ofRow(batch, row))) {
              sink.accept(new WeightedText(batch.weight(row), JsonText.row(batch, row)));
            }
          }
        });
  }

  /**
   * A row.
   *
   * @param weight how often it is there
   * @param json as {@link JsonText} writes it
   */
  public record WeightedText(long weight, String json) {}

  private static StateHash of(ContentHash hash) {
    return new StateHash(hash.rows(), hash.text());
  }

  private static void scan(Snapshot snapshot, String relation, RowKind kind, Consumer<Batch> sink) {
    switch (kind) {
      case CONTENT -> {
        if (snapshot.keep(relation) == Keep.ALL) {
          snapshot.scan(relation, sink);
        }
      }
      case ERRORS -> sink.accept(snapshot.errors(relation));
    }
  }
}
