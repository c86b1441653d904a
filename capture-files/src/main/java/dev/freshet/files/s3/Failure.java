package dev.freshet.files.s3;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What a store's refusal means.
 *
 * @param code SOURCE_UNREACHABLE when it passes by itself, SOURCE_MISCONFIGURED when something is
 *     to be mended, SOURCE_FAILED when nothing tells
 * @param reason a part of a sentence; has no secret
 * @param remedy what to do; {@code SETTINGS} stands for the source's file
 */
record Failure(ErrorCode code, String reason, String remedy, SdkException cause) {
  static final String NO_SUCH_BUCKET = "NoSuchBucket";

  private static final List<String> GIVERS =
      List.of(
          "AWS_WEB_IDENTITY_TOKEN_FILE",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  private static final int TIMED_OUT = 408;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  /** What passes by itself. */
  private static Failure away(String reason, String remedy, SdkException cause) {
    return new Failure(ErrorCode.SOURCE_UNREACHABLE, reason, remedy, cause);
  }

  /** What someone has to mend. */
  private static Failure wrong(String reason, String remedy, SdkException cause) {
    return new Failure(ErrorCode.SOURCE_MISCONFIGURED, reason, remedy, cause);
  }

  static Failure of(SdkException e, S3Settings settings) {
    return e instanceof S3Exception answer ? answered(answer, settings) : unanswered(e, settings);
  }

  /** The name of what is wrong; empty when the answer has none. */
  static String codeOf(S3Exception e) {
    return Optional.ofNullable(e.awsErrorDetails()).map(AwsErrorDetails::errorCode).orElse("");
  }

  private static Failure answered(S3Exception e, S3Settings settings) {
    String code = codeOf(e);
    String bucket = settings.bucket();
    return switch (code) {
      case NO_SUCH_BUCKET ->
          wrong(
              "there is no bucket " + bucket + " at " + place(settings),
              "name the bucket in path, and where it is in region or endpoint, in SETTINGS",
              e);
      case "InvalidAccessKeyId" ->
          wrong(
              "the store does not know the access key",
              "set the variables that access-key and secret-key of SETTINGS name, or those of"
                  + " Amazon's tools, to a key of this store",
              e);
      case "SignatureDoesNotMatch" ->
          wrong(
              "the secret key does not belong to the access key",
              "set the variable that secret-key of SETTINGS names to the access key's own",
              e);
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          wrong(
              "the session of these credentials is over, or unknown",
              "get new ones; those of a profile, a service account or a machine are renewed by"
                  + " themselves",
              e);
      case "RequestTimeTooSkewed" ->
          away(
              "the clocks of this machine and the store differ by more than 15 minutes",
              "set this machine's clock, by NTP",
              e);
      case "InvalidObjectState" ->
          wrong(
              "it is archived (Glacier)", "restore it, or let it be archived when it was read", e);
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          otherRegion(e);
      default -> byStatus(e, settings, code);
    };
  }

  private static Failure byStatus(S3Exception e, S3Settings settings, String code) {
    int status = e.statusCode();
    if (status == 301 || status == 307) {
      return otherRegion(e);
    }
    if (status == 401 || status == 403) {
      return wrong(
          "access to bucket " + settings.bucket() + " is denied",
          "allow s3:ListBucket for the bucket and s3:GetObject for the objects below its prefix; or"
              + " use other credentials: access-key and secret-key in SETTINGS",
          e);
    }
    if (status == TOO_MANY || status == UNAVAILABLE) {
      return away(
          "the store asks for fewer requests (" + said(code, status) + ")",
          "wait, it is tried again; or set a longer poll-interval in SETTINGS",
          e);
    }
    boolean isAway = status >= 500 || status == TIMED_OUT;
    return new Failure(
        isAway ? ErrorCode.SOURCE_UNREACHABLE : ErrorCode.SOURCE_FAILED,
        "the store at " + place(settings) + " answers " + said(code, status),
        "if that stays so, see that endpoint in SETTINGS speaks S3",
        e);
  }

  private static String said(String code, int status) {
    return code.isEmpty() ? String.valueOf(status) : status + " " + code;
  }

  private static Failure otherRegion(S3Exception e) {
    Optional<String> region =
        Optional.ofNullable(e.awsErrorDetails())
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
    return wrong(
        "the bucket is in another region" + region.map(name -> ", " + name).orElse(""),
        "set region: " + region.orElse("REGION") + " in SETTINGS",
        e);
  }

  private static Failure unanswered(SdkException e, S3Settings settings) {
    String place = place(settings);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnknownHostException _ -> {
          return away(
              "no host of that name: " + cause.getMessage(),
              "mend endpoint, or region, in SETTINGS; a store that does not know buckets in host"
                  + " names wants path-style: true",
              e);
        }
        case SSLException refused when !isCut(refused) -> {
          return wrong(
              "no TLS with " + place + ": " + cause.getMessage(),
              "name the endpoint as its certificate does, and let the JVM trust who signed that"
                  + " (FRESHET_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE); a store without TLS is"
                  + " endpoint: http://... with tls: off",
              e);
        }
        case ConnectException _ -> {
          return away(
              "nothing listens at " + place, "start the store, or mend endpoint in SETTINGS", e);
        }
        case SocketTimeoutException _, ApiCallTimeoutException _ -> {
          return away(
              place + " does not answer in time",
              "look for what keeps this machine from it, such as a firewall or a proxy",
              e);
        }
        default -> {}
      }
    }
    if (String.valueOf(e.getMessage()).startsWith("Unable to load credentials")) {
      return new Failure(
          areAskedFor() ? ErrorCode.SOURCE_UNREACHABLE : ErrorCode.SOURCE_MISCONFIGURED,
          "there are no credentials",
          "set access-key and secret-key in SETTINGS, or AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE in the environment",
          e);
    }
    return away(
        "no answer of " + place + " (" + e.getClass().getSimpleName() + ")",
        "see endpoint and region in SETTINGS",
        e);
  }

  /** Who gives the credentials of a pod or container may be away too. */
  private static boolean areAskedFor() {
    return GIVERS.stream().anyMatch(variable -> System.getenv(variable) != null);
  }

  /** What stands before a store that is away takes connections, and ends them. */
  private static boolean isCut(SSLException e) {
    return e.getCause() instanceof EOFException || e.getCause() instanceof SocketException;
  }

  private static String place(S3Settings settings) {
    return settings.endpoint().map(URI::toString).orElse("Amazon S3");
  }

  /** That an object could not be read, which says nothing of what it holds. */
  FreshetException unread(String object) {
    return new FreshetException(
        ErrorCode.SOURCE_FAILED, "Failed to read " + object + ": " + reason + ".", cause);
  }
}
