package dev.freshet.sql.dialect;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.BasicSqlType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** JSON: text to the validator, a type of its own to everyone else. */
public final class JsonType extends BasicSqlType {
  JsonType(RelDataTypeSystem typeSystem, boolean nullable) {
    super(typeSystem, SqlTypeName.VARCHAR, nullable);
  }

  @Override
  public BasicSqlType createWithNullability(boolean nullable) {
    return nullable == isNullable() ? this : new JsonType(typeSystem, nullable);
  }

  @Override
  public Charset getCharset() {
    return StandardCharsets.UTF_8;
  }

  @Override
  public @Nullable SqlCollation getCollation() {
    return SqlCollation.IMPLICIT;
  }

  @Override
  protected void generateTypeString(StringBuilder text, boolean withDetail) {
    text.append("JSON");
  }
}
