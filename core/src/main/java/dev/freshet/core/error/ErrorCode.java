package dev.freshet.core.error;

/**
 * Stable codes of all errors that a user can see. A code never changes its meaning; {@code
 * docs/reference/errors.md} lists them.
 */
public enum ErrorCode {
  CONFIG_INVALID(ErrorFamily.USER, Retry.NO),
  CONFIG_NOT_FOUND(ErrorFamily.USER, Retry.NO),
  SQL_SYNTAX(ErrorFamily.USER, Retry.NO),
  SQL_INVALID(ErrorFamily.USER, Retry.NO),
  SQL_UNSUPPORTED(ErrorFamily.USER, Retry.NO),
  FUNCTION_INVALID(ErrorFamily.USER, Retry.NO),
  TYPE_UNSUPPORTED(ErrorFamily.USER, Retry.NO),
  VALUE_INVALID(ErrorFamily.USER, Retry.NO),
  NOT_FOUND(ErrorFamily.USER, Retry.NO),
  ALREADY_EXISTS(ErrorFamily.USER, Retry.NO),
  CONTRACT_VIOLATED(ErrorFamily.USER, Retry.NO),
  SOURCE_MISCONFIGURED(ErrorFamily.USER, Retry.NO),
  SINK_MISCONFIGURED(ErrorFamily.USER, Retry.NO),
  TABLE_WITHOUT_KEY(ErrorFamily.USER, Retry.NO),
  REQUEST_INVALID(ErrorFamily.USER, Retry.NO),
  ROW_LATE(ErrorFamily.USER, Retry.NO),
  ROW_AHEAD(ErrorFamily.USER, Retry.NO),
  ROW_MALFORMED(ErrorFamily.USER, Retry.NO),
  IDEMPOTENCY_KEY_REUSED(ErrorFamily.USER, Retry.NO),
  LIMIT_EXCEEDED(ErrorFamily.USER, Retry.NO),

  SOURCE_UNREACHABLE(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  SOURCE_FAILED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  SOURCE_POSITION_LOST(ErrorFamily.ENVIRONMENT, Retry.NO),
  SINK_UNREACHABLE(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  SINK_FAILED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  DIRECTORY_IN_USE(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  PORT_IN_USE(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  DISK_FULL(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  STORAGE_FAILED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  STORAGE_DAMAGED(ErrorFamily.ENVIRONMENT, Retry.NO),
  FORMAT_UNKNOWN(ErrorFamily.ENVIRONMENT, Retry.NO),
  COMMIT_FAILED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  COMMIT_OUTCOME_UNKNOWN(ErrorFamily.ENVIRONMENT, Retry.NO),
  NOT_RUNNING(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  MODEL_BUILDING(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  FEED_ENDED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  OVERLOADED(ErrorFamily.ENVIRONMENT, Retry.HELPS),
  TIMED_OUT(ErrorFamily.ENVIRONMENT, Retry.HELPS),

  MODEL_FAILED(ErrorFamily.BUG, Retry.HELPS),
  INVARIANT_BROKEN(ErrorFamily.BUG, Retry.NO);

  /** Whether the same call may succeed later without anyone changing it. */
  public enum Retry {
    HELPS,
    NO
  }

  private final ErrorFamily family;
  private final Retry retry;

  ErrorCode(ErrorFamily family, Retry retry) {
    this.family = family;
    this.retry = retry;
  }

  public ErrorFamily family() {
    return family;
  }

  public Retry retry() {
    return retry;
  }
}
