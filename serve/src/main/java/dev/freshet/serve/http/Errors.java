package dev.freshet.serve.http;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Errors as JSON: {@code {"error": {"code": "NOT_FOUND", "message": "..."}}}. */
final class Errors {
  private static final String RETRY_AFTER_SECONDS = "1";

  private Errors() {}

  static void send(ServerRequest request, ServerResponse response, FreshetException error) {
    String message =
        error.code().family() == ErrorFamily.BUG
            ? "Something went wrong inside Freshet. Its terminal output says more."
            : error.getMessage();
    if (error.code().family() == ErrorFamily.BUG) {
      error.printStackTrace();
    }
    if (error.code() == ErrorCode.OVERLOADED) {
      response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    send(request, response, status(error.code()), error.code().name(), message);
  }

  static void sendUnexpected(ServerRequest request, ServerResponse response, Throwable error) {
    if (error instanceof CloseConnectionException gone) {
      throw gone; // nobody is there to answer
    }
    if (error instanceof HttpException http) {
      send(
          request,
          response,
          http.status(),
          ErrorCode.REQUEST_INVALID.name(),
          String.valueOf(http.getMessage()));
      return;
    }
    error.printStackTrace();
    send(
        request,
        response,
        Status.INTERNAL_SERVER_ERROR_500,
        ErrorCode.INVARIANT_BROKEN.name(),
        "Something went wrong inside Freshet. Its terminal output says more.");
  }

  static void send(
      ServerRequest request, ServerResponse response, Status status, String code, String message) {
    response.status(status).header(HeaderNames.CONTENT_TYPE, "application/json");
    Reads.send(request, response, json(code, message));
  }

  static String json(String code, String message) {
    StringBuilder out = new StringBuilder("{\"error\":{\"code\":");
    JsonText.appendText(out, code);
    out.append(",\"message\":");
    JsonText.appendText(out, message);
    return out.append("}}\n").toString();
  }

  private static Status status(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND, CONFIG_NOT_FOUND -> Status.NOT_FOUND_404;
      case ALREADY_EXISTS -> Status.CONFLICT_409;
      case IDEMPOTENCY_KEY_REUSED -> Status.UNPROCESSABLE_CONTENT_422;
      case OVERLOADED -> Status.TOO_MANY_REQUESTS_429;
      case LIMIT_EXCEEDED -> Status.REQUEST_ENTITY_TOO_LARGE_413;
      case TIMED_OUT -> Status.GATEWAY_TIMEOUT_504;
      case CONFIG_INVALID,
          SQL_SYNTAX,
          SQL_INVALID,
          SQL_UNSUPPORTED,
          FUNCTION_INVALID,
          TYPE_UNSUPPORTED,
          VALUE_INVALID,
          ROW_LATE,
          ROW_AHEAD,
          ROW_MALFORMED,
          CONTRACT_VIOLATED,
          SOURCE_MISCONFIGURED,
          SINK_MISCONFIGURED,
          TABLE_WITHOUT_KEY,
          REQUEST_INVALID ->
          Status.BAD_REQUEST_400;
      case SOURCE_UNREACHABLE,
          SINK_UNREACHABLE,
          SINK_FAILED,
          SOURCE_FAILED,
          SOURCE_POSITION_LOST,
          DIRECTORY_IN_USE,
          PORT_IN_USE,
          DISK_FULL,
          STORAGE_FAILED,
          STORAGE_DAMAGED,
          FORMAT_UNKNOWN,
          COMMIT_FAILED,
          COMMIT_OUTCOME_UNKNOWN,
          NOT_RUNNING,
          MODEL_BUILDING,
          FEED_ENDED,
          MODEL_FAILED ->
          Status.SERVICE_UNAVAILABLE_503;
      case INVARIANT_BROKEN -> Status.INTERNAL_SERVER_ERROR_500;
    };
  }
}
