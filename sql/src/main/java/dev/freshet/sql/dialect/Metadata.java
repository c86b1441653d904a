package dev.freshet.sql.dialect;

import com.google.common.collect.ImmutableList;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptPredicateList;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.metadata.BuiltInMetadata;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.MetadataHandlerProvider;
import org.apache.calcite.rel.metadata.ProxyingMetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

/**
 * Asks Calcite's metadata handlers by reflection, so that no code is generated and compiled for
 * them, and makes only those that are asked: a plan needs three of the twenty-seven.
 */
final class Metadata extends RelMetadataQuery {
  private static final MetadataHandlerProvider HANDLERS = new LazyHandlers();

  Metadata() {
    super(HANDLERS);
  }

  /**
   * As Calcite has it; but of a filter that compares with NULL, and so lets nothing pass, Calcite
   * refuses to tell anything, which would end planning.
   */
  @Override
  public RelOptPredicateList getPulledUpPredicates(RelNode rel) {
    return rel instanceof Filter filter
            && RelOptUtil.conjunctions(filter.getCondition()).stream()
                .anyMatch(Metadata::comparesWithNull)
        ? RelOptPredicateList.EMPTY
        : super.getPulledUpPredicates(rel);
  }

  /** Rows have no order here. Calcite would look for one, and fails at dividing by NULL. */
  @Override
  public ImmutableList<RelCollation> collations(RelNode rel) {
    return ImmutableList.of();
  }

  private static boolean comparesWithNull(RexNode condition) {
    return condition instanceof RexCall call
        && call.isA(SqlKind.COMPARISON)
        && call.getOperands().stream().anyMatch(each -> RexUtil.isNullLiteral(each, true));
  }

  /** One object that is every handler; a call goes to the handler of the method's interface. */
  private static final class LazyHandlers implements MetadataHandlerProvider {
    private final MetadataHandlerProvider made =
        new ProxyingMetadataHandlerProvider(DefaultRelMetadataProvider.INSTANCE);
    private final Map<Class<?>, MetadataHandler<?>> byInterface = new ConcurrentHashMap<>();
    private final Object all =
        Proxy.newProxyInstance(
            Metadata.class.getClassLoader(),
            interfaces(),
            (_, method, arguments) -> invoke(method, arguments));

    private static Class<?>[] interfaces() {
      return Arrays.stream(BuiltInMetadata.class.getDeclaredClasses())
          .flatMap(kind -> Stream.of(kind.getDeclaredClasses()))
          .filter(MetadataHandler.class::isAssignableFrom)
          .toArray(Class<?>[]::new);
    }

    @Override
    public <H extends MetadataHandler<?>> H handler(Class<H> kind) {
      return kind.cast(all);
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
      try {
        return method.invoke(
            byInterface.computeIfAbsent(method.getDeclaringClass(), this::make), arguments);
      } catch (InvocationTargetException e) {
        throw e.getTargetException();
      }
    }

    @SuppressWarnings("unchecked")
    private MetadataHandler<?> make(Class<?> kind) {
      return made.handler((Class<? extends MetadataHandler<?>>) kind);
    }
  }
}
