package dev.freshet.sql.dialect;

import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Shows a catalog to Calcite. Names match whatever their case, unless two names of the catalog
 * differ in nothing else: then they match exactly.
 */
final class CatalogReader extends CalciteCatalogReader {
  private final FreshetTypeFactory types;

  CatalogReader(Catalog catalog, FreshetTypeFactory types) {
    super(
        schema(catalog),
        SqlNameMatchers.withCaseSensitive(differOnlyInCase(catalog)),
        List.of(List.of()),
        types,
        new CalciteConnectionConfigImpl(new Properties()));
    this.types = types;
  }

  @Override
  public @Nullable RelDataType getNamedType(SqlIdentifier name) {
    if (!name.isSimple()) {
      return null;
    }
    return switch (name.getSimple().toUpperCase(Locale.ROOT)) {
      case "STRING", "TEXT" -> types.createSqlType(SqlTypeName.VARCHAR);
      case "BYTES", "BYTEA" -> types.createSqlType(SqlTypeName.VARBINARY);
      case "BOOL" -> types.createSqlType(SqlTypeName.BOOLEAN);
      case "JSON", "JSONB" -> types.json(false);
      case "TIMESTAMP_LTZ", "TIMESTAMPTZ" ->
          types.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
      case "UUID" -> types.createSqlType(SqlTypeName.UUID);
      default -> null;
    };
  }

  private static CalciteSchema schema(Catalog catalog) {
    CalciteSchema schema = CalciteSchema.createRootSchema(false, false);
    for (Relation relation : catalog.relations()) {
      schema.add(relation.name(), new RelationTable(relation));
    }
    return schema;
  }

  private static boolean differOnlyInCase(Catalog catalog) {
    Collection<Relation> relations = catalog.relations();
    return collide(relations.stream().map(Relation::name).toList())
        || relations.stream().anyMatch(relation -> collide(relation.schema().names()));
  }

  private static boolean collide(List<String> names) {
    Set<String> seen = new HashSet<>();
    return !names.stream().allMatch(name -> seen.add(name.toLowerCase(Locale.ROOT)));
  }

  /** A relation as a table of Calcite. */
  private static final class RelationTable extends AbstractTable {
    private final Relation relation;

    RelationTable(Relation relation) {
      this.relation = relation;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
      return ((FreshetTypeFactory) factory).rowType(relation.schema());
    }

    @Override
    public Statistic getStatistic() {
      List<ImmutableBitSet> keys =
          relation.keys().stream()
              .map(key -> ImmutableBitSet.of(key.stream().map(relation.schema()::indexOf).toList()))
              .toList();
      return Statistics.of(1000d, keys);
    }
  }
}
