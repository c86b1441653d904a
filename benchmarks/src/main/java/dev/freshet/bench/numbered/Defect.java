package dev.freshet.bench.numbered;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.simulation.ForwardingStorage;

/** Defects on purpose: they show that a proof finds such ones. */
public enum Defect {
  NONE,
  /** Nothing is ever synced, and everything is acknowledged. */
  NO_SYNC,
  /** A sync that fails is tried again, and what then succeeds is acknowledged. */
  SYNC_RETRIED,
  /** A transaction is acknowledged before it is written. */
  ACKNOWLEDGED_EARLY,
  /** What another process has left is opened, and then nothing ever happens. */
  HANGS_ON_A_LEFT_DATABASE;

  Storage over(Storage storage) {
    return this == NONE ? storage : new Defective(storage, this);
  }

  private void sync(Runnable sync) {
    switch (this) {
      case NONE, ACKNOWLEDGED_EARLY, HANGS_ON_A_LEFT_DATABASE -> sync.run();
      case NO_SYNC -> {
        // says that it has
      }
      case SYNC_RETRIED -> {
        try {
          sync.run();
        } catch (FreshetException e) {
          sync.run();
        }
      }
    }
  }

  private static final class Defective extends ForwardingStorage {
    private final Defect defect;

    Defective(Storage storage, Defect defect) {
      super(storage);
      this.defect = defect;
    }

    @Override
    protected File opened(File file) {
      return new ForwardingFile(file) {
        @Override
        public void sync() {
          defect.sync(super::sync);
        }
      };
    }

    @Override
    public void syncDirectory(String directory) {
      defect.sync(() -> super.syncDirectory(directory));
    }
  }
}
