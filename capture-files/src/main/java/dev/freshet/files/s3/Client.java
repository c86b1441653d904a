package dev.freshet.files.s3;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.s3.S3Settings.Addressing;
import dev.freshet.files.s3.S3Settings.Credentials;
import dev.freshet.files.s3.S3Settings.Tls;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the client of a store. */
final class Client {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** Of one request with its retries, of which the client does two by itself. */
  private static final Duration CALL = Duration.ofMinutes(2);

  /** What the other stores take, and the first of Amazon's, which tells where a bucket is. */
  private static final Region USUAL_REGION = Region.US_EAST_1;

  private Client() {}

  static S3Client of(S3Settings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            .overrideConfiguration(override -> override.apiCallTimeout(CALL))
            .region(region(settings))
            .forcePathStyle(settings.addressing() == Addressing.PATH)
            // Not all stores know the checksums that Amazon's newer clients ask for.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(credentials(settings.credentials()));
    settings.endpoint().ifPresent(builder::endpointOverride);
    S3Client client = builder.build();
    try {
      client
          .serviceClientConfiguration()
          .endpointOverride()
          .ifPresent(endpoint -> requireTls(endpoint, settings));
    } catch (FreshetException e) {
      client.close();
      throw e;
    }
    return client;
  }

  /** Also of an endpoint that the environment or a profile names. */
  private static void requireTls(URI endpoint, S3Settings settings) {
    if (settings.tls() == Tls.REQUIRED && S3Settings.isPlainElsewhere(endpoint)) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot read "
              + settings.path()
              + " at http://"
              + endpoint.getHost()
              + ": without TLS others on the way can read the rows, and change them. It is"
              + " AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 or endpoint_url of the profile that says"
              + " so.\n  Fix: write https:// there; name the store by endpoint: in the source; or"
              + " add tls: off to that if it is meant.");
    }
  }

  private static Region region(S3Settings settings) {
    if (settings.region().isPresent()) {
      return Region.of(settings.region().get());
    }
    if (settings.endpoint().isPresent()) {
      return USUAL_REGION;
    }
    try {
      return new DefaultAwsRegionProviderChain().getRegion();
    } catch (SdkClientException e) {
      return USUAL_REGION; // nothing names one
    }
  }

  private static AwsCredentialsProvider credentials(Credentials credentials) {
    return switch (credentials) {
      case Credentials.FromEnvironment _ -> DefaultCredentialsProvider.builder().build();
      case Credentials.Keys keys -> StaticCredentialsProvider.create(keys(keys));
    };
  }

  private static AwsCredentials keys(Credentials.Keys keys) {
    return keys.session().isPresent()
        ? AwsSessionCredentials.create(keys.access(), keys.secret(), keys.session().get())
        : AwsBasicCredentials.create(keys.access(), keys.secret());
  }
}
