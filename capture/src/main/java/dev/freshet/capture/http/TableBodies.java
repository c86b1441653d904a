package dev.freshet.capture.http;

import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.RowChange;
import dev.freshet.capture.rows.RowDecoder;
import dev.freshet.capture.rows.RowFormat;
import dev.freshet.contracts.Contract;
import org.jspecify.annotations.Nullable;

/** Decodes bodies with rows of one table, whatever they are. Safe for all threads. */
final class TableBodies {
  private final Contract contract;
  private final HttpSettings settings;
  private final BinaryBodies avro;
  private final RowDecoder texts;

  /** Made when the first such body comes: most sources never need its library. */
  private volatile BinaryBodies.@Nullable Decoder avroDecoder;

  TableBodies(Contract contract, HttpSettings settings, BinaryBodies avro) {
    this.contract = contract;
    this.settings = settings;
    this.avro = avro;
    this.texts = new RowDecoder(contract, settings.unknownFields());
  }

  DecodedRows decode(Post post, PostFormat format, BinaryBodies.Room room) {
    RowChange usual = PostFormat.change(post);
    return switch (format) {
      case PostFormat.Text(RowFormat text) ->
          texts.decode(
              text,
              post.event(),
              usual,
              post.body(),
              post.length(),
              new BodyBudget(settings.nestedBytesMax(), room));
      case PostFormat.Avro() -> avroDecoder().decode(usual, post.body(), post.length(), room);
    };
  }

  private BinaryBodies.Decoder avroDecoder() {
    BinaryBodies.Decoder known = avroDecoder;
    if (known == null) { // several threads may each make one, which are the same
      known = avro.decoder(contract, settings.unknownFields(), settings.requestBytesMax());
      avroDecoder = known;
    }
    return known;
  }
}
