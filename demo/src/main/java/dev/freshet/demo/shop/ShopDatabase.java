package dev.freshet.demo.shop;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The shop's own PostgreSQL server with the shop in it, ready for a workload. Runs until {@link
 * #close} or this program's end. Thread-safe.
 */
public final class ShopDatabase implements ConnectionSource, AutoCloseable {
  /** The environment variable from which the example project takes the database's address. */
  public static final String URL_VARIABLE = "SHOP_DATABASE_URL";

  private static final String NAME = "shop";

  private final EmbeddedPostgres server;

  private ShopDatabase(EmbeddedPostgres server) {
    this.server = server;
  }

  /**
   * Starts the server in {@code dir}, and creates the shop if it is not there from an earlier run.
   *
   * @throws FreshetException if the server does not start or the shop cannot be created
   */
  public static ShopDatabase start(
      Path dir, PostgresOptions options, ShopSchema.Size size, long seed) {
    EmbeddedPostgres server = EmbeddedPostgres.start(dir, options);
    ShopDatabase shop = new ShopDatabase(server);
    try {
      server.createDatabase(NAME);
      if (!ShopSchema.exists(shop)) {
        ShopSchema.create(shop, size, seed);
      }
      return shop;
    } catch (SQLException | RuntimeException e) {
      server.close();
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED, "Failed to create the shop: " + e.getMessage(), e);
    }
  }

  @Override
  public Connection open() throws SQLException {
    return server.connect(NAME);
  }

  /** The address with the password, for {@link #URL_VARIABLE}; never for a message. */
  public String url() {
    return server.uriWithPassword(NAME);
  }

  /** The address without the password, to show. */
  public String address() {
    return server.uri(NAME);
  }

  /** The server, for whoever wants to stop, kill or restart it. */
  public EmbeddedPostgres server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
