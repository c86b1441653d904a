package dev.freshet.debezium;

import dev.freshet.debezium.MySqlSettings.Address;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/** Connects by the driver that the user has installed. */
final class MySqlDriver {
  private MySqlDriver() {}

  /**
   * @throws ReflectiveOperationException when the driver cannot be loaded
   * @throws SQLException when the server does not answer, or refuses the user
   */
  static Connection connect(ConnectorLoader loader, MySqlSettings settings, Address address)
      throws ReflectiveOperationException, SQLException {
    Driver driver =
        (Driver)
            loader.loadClass(address.flavour().driverClass).getDeclaredConstructor().newInstance();
    Properties properties = new Properties();
    properties.setProperty("user", address.user());
    properties.setProperty("password", address.password());
    properties.setProperty("connectTimeout", "10000");
    properties.setProperty("sslMode", address.flavour().tls(settings.tls()));
    String trust = settings.properties().get("database.ssl.truststore");
    if (trust != null) {
      properties.setProperty("trustStore", trust);
      properties.setProperty("trustCertificateKeyStoreUrl", "file:" + trust);
    }
    Connection connection =
        driver.connect(
            address.flavour().protocol + "://" + address.host() + ":" + address.port() + "/",
            properties);
    if (connection == null) {
      throw new SQLException("the driver does not know this address");
    }
    return connection;
  }
}
