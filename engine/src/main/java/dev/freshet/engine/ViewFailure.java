package dev.freshet.engine;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Objects;

/**
 * The computation of views failed, otherwise than in a row of theirs: a defect, or memory that ran
 * out. After a step the engine is not to be used any more; one without these views may go on.
 */
public final class ViewFailure extends FreshetException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> views;

  ViewFailure(List<String> views, Throwable cause) {
    super(
        ErrorCode.MODEL_FAILED,
        "Failed to compute "
            + String.join(", ", views)
            + ": "
            + Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName()),
        cause);
    this.views = List.copyOf(views);
  }

  /** The views whose computation failed: they share an operator. At least one. */
  public List<String> views() {
    return views;
  }
}
