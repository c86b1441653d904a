package dev.freshet.debezium.inside;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Values of MariaDB's type UUID. Its binary log leaves zeros out at the end of their 16 bytes, and
 * Debezium 3.5 puts them back at the beginning, which makes another UUID of them.
 */
public final class MariaDbUuids implements CustomConverter<SchemaBuilder, RelationalColumn> {
  private static final int BYTES = 16;

  /** For Debezium. */
  public MariaDbUuids() {}

  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    if ("UUID".equalsIgnoreCase(column.typeName())) {
      registration.register(
          SchemaBuilder.string().name("io.debezium.data.Uuid"), MariaDbUuids::text);
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> ofBytes(bytes);
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield ofBytes(bytes);
      }
      default -> value.toString();
    };
  }

  private static String ofBytes(byte[] bytes) {
    ByteBuffer whole = ByteBuffer.wrap(Arrays.copyOf(bytes, BYTES));
    return new UUID(whole.getLong(), whole.getLong()).toString();
  }
}
