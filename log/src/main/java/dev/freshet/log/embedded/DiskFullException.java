package dev.freshet.log.embedded;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * The disk had no room for a commit, and nothing was asked to be durable yet: the same bytes may be
 * written again once there is room.
 */
final class DiskFullException extends FreshetException {
  private static final long serialVersionUID = 1L;

  DiskFullException(FreshetException cause) {
    super(ErrorCode.DISK_FULL, cause.getMessage(), cause);
  }
}
