package dev.freshet.sql.dialect;

import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.SourceText;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformance;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;

/** Parses, validates and converts one query to Calcite's algebra. Single use, single thread. */
public final class Frontend {
  private static final SqlConformance CONFORMANCE =
      new SqlDelegatingConformance(SqlConformanceEnum.DEFAULT) {
        @Override
        public boolean isBangEqualAllowed() {
          return true;
        }

        @Override
        public boolean isPercentRemainderAllowed() {
          return true;
        }
      };

  static final SqlParser.Config PARSER =
      SqlParser.config()
          .withParserFactory(SqlBabelParserImpl.FACTORY)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(false)
          .withIdentifierMaxLength(256)
          .withConformance(CONFORMANCE);

  private final SourceText source;
  private final FreshetTypeFactory types = new FreshetTypeFactory();
  private final CatalogReader reader;
  private final Catalog catalog;

  public Frontend(SourceText source, Catalog catalog) {
    this.source = source;
    this.catalog = catalog;
    this.reader = new CatalogReader(catalog, types);
  }

  /** The names of all functions and aggregates that SQL text may use, in alphabetical order. */
  public static Set<String> functionNames() {
    return FreshetOperators.TABLE.functionNames();
  }

  /** The syntax tree of the text. */
  public SqlNode parse() {
    try {
      String sql = RowWords.blanked(Backticks.toDoubleQuotes(source.sql()));
      SqlNode node = SqlParser.create(sql, PARSER).parseStmt();
      Restrictions.check(node, source);
      NamedWindows.rewrite(node);
      FilteredWindows.rewrite(node, catalog.functions());
      SqlNode whole = Objects.requireNonNull(node.accept(new TableArguments()));
      SqlNode joined = TemporalJoins.rewrite(whole, catalog, source);
      SqlNode filtered = Objects.requireNonNull(joined.accept(new FilteredPercentiles()));
      SqlNode partitioned = Objects.requireNonNull(filtered.accept(new SessionPartitions(source)));
      return UserFunctions.unnested(partitioned, catalog.functions());
    } catch (SqlParseException e) {
      throw SyntaxErrors.translate(e, source);
    }
  }

  /** The syntax tree of a text that is not the user's. */
  public static SqlNode parseOwn(String sql) {
    try {
      return SqlParser.create(sql, PARSER).parseQuery();
    } catch (SqlParseException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The query's algebra, with sub-queries still inside of expressions. */
  public RelRoot convert(SqlNode query) {
    SqlValidator validator =
        SqlValidatorUtil.newValidator(
            UserFunctions.beside(FreshetOperators.TABLE, catalog.functions()),
            reader,
            types,
            SqlValidator.Config.DEFAULT
                .withConformance(CONFORMANCE)
                .withDefaultNullCollation(NullCollation.LOW)
                .withTypeCoercionFactory(Coercions::new)
                .withIdentifierExpansion(true));
    try {
      SqlNode validated = validator.validate(AggregateOrders.complete(query));
      SqlToRelConverter converter =
          new SqlToRelConverter(
              (type, sql, schema, view) -> {
                throw new IllegalStateException("no views");
              },
              validator,
              reader,
              cluster(),
              new Convertlets(),
              SqlToRelConverter.config()
                  .withExpand(false)
                  .withTrimUnusedFields(true)
                  .withInSubQueryThreshold(Integer.MAX_VALUE));
      return converter.convertQuery(validated, false, true);
    } catch (CalciteContextException e) {
      throw ValidationErrors.translate(e, source, catalog, query);
    } catch (CalciteException e) {
      throw ValidationErrors.translate(e, source);
    }
  }

  private RelOptCluster cluster() {
    HepPlanner planner = new HepPlanner(HepProgram.builder().build());
    // Constants are folded in our own plan, where that is safe; Calcite would generate and run
    // code.
    planner.setExecutor((rexBuilder, constants, reduced) -> reduced.addAll(constants));
    RelOptCluster cluster = RelOptCluster.create(planner, new RexBuilder(types));
    cluster.setMetadataQuerySupplier(Metadata::new);
    return cluster;
  }
}
