package dev.freshet.lake.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Native contexts of zstd that files have used and others may use again. To make one takes longer
 * than to compress or decompress a page of a few kilobytes with it. A few wait here for their next
 * use; the memory of the others is freed. Safe for all threads.
 */
final class ZstdContexts {
  private static final int LEVEL = 1;
  private static final int IDLE_MAX = 8;
  private static final BlockingQueue<ZstdCompressCtx> COMPRESSING =
      new ArrayBlockingQueue<>(IDLE_MAX);
  private static final BlockingQueue<ZstdDecompressCtx> DECOMPRESSING =
      new ArrayBlockingQueue<>(IDLE_MAX);

  private ZstdContexts() {}

  static ZstdCompressCtx compressing() {
    ZstdCompressCtx idle = COMPRESSING.poll();
    return idle != null ? idle : new ZstdCompressCtx().setLevel(LEVEL);
  }

  /** Gives back what {@link #compressing()} gave. */
  static void giveBack(ZstdCompressCtx context) {
    if (!COMPRESSING.offer(context)) {
      context.close();
    }
  }

  static ZstdDecompressCtx decompressing() {
    ZstdDecompressCtx idle = DECOMPRESSING.poll();
    return idle != null ? idle : new ZstdDecompressCtx();
  }

  /** Gives back what {@link #decompressing()} gave. */
  static void giveBack(ZstdDecompressCtx context) {
    if (!DECOMPRESSING.offer(context)) {
      context.close();
    }
  }
}
