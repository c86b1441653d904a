package dev.freshet.engine.oracle;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.StepResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A digest of all bytes that an engine puts out and saves. One thread owns it. */
public final class Transcript {
  private static final String SPILLED = "spill-";

  private final MessageDigest digest;
  private final ByteWriter bytes = new ByteWriter(1 << 16);

  public Transcript() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a step changed: rows in their order, and error rows. */
  public void add(StepResult result) {
    result
        .deltas()
        .forEach(delta -> {
          add(delta.relation());
          add(delta.rows());
          add(delta.errors());
        });
  }

  /** A saved state. */
  public void add(Storage storage, String directory) {
    for (String name : storage.list(directory).stream().sorted().toList()) {
      // What lies on disk for want of memory depends on who read what when.
      if (!name.startsWith(SPILLED)) {
        add(name);
        digest.update(storage.readAll(directory + "/" + name));
      }
    }
  }

  /** The content of all relations, and their error rows. */
  public void add(Snapshot snapshot) {
    for (String relation : snapshot.relations()) {
      add(relation);
      add(snapshot.scan(relation));
      add(snapshot.errors(relation));
    }
  }

  private void add(Batch batch) {
    bytes.clear();
    BatchCodec.write(bytes, batch);
    digest.update(bytes.array(), 0, bytes.length());
  }

  private void add(String name) {
    digest.update(name.getBytes(StandardCharsets.UTF_8));
  }

  /** Of all that was added; once. */
  public String text() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
