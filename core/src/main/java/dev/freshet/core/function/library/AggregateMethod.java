package dev.freshet.core.function.library;

import dev.freshet.core.batch.RowCodec;
import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.type.DataType;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One way to call an aggregate function, as SQL sees it. Equal ones give equal results. Any thread
 * may call it.
 */
public final class AggregateMethod implements Overload {
  private final AggregateFunction<Object, Object> function;
  private final String identity;
  private final Parameters parameters;
  private final JavaType result;
  private final MethodHandle accumulate;
  private final Optional<Retraction> retraction;

  /** How values are taken out, and how accumulators are kept. */
  private record Retraction(MethodHandle retract, JavaType accumulator, DataType.Row kept) {}

  @SuppressWarnings("unchecked")
  AggregateMethod(
      AggregateFunction<?, ?> function,
      String digest,
      Method accumulate,
      List<JavaType> parameters,
      JavaType result) {
    this(
        (AggregateFunction<Object, Object>) function,
        function.name() + "#" + digest + "#" + MethodSignature.text(accumulate),
        Parameters.of(accumulate, parameters),
        result,
        MethodSignature.handle(function, accumulate),
        Optional.empty());
  }

  private AggregateMethod(
      AggregateFunction<Object, Object> function,
      String identity,
      Parameters parameters,
      JavaType result,
      MethodHandle accumulate,
      Optional<Retraction> retraction) {
    this.function = function;
    this.identity = identity;
    this.parameters = parameters;
    this.result = result;
    this.accumulate = accumulate;
    this.retraction = retraction;
  }

  /** The same with a way to take values out again. */
  AggregateMethod withRetraction(Method retract, JavaType accumulator) {
    DataType.Row kept =
        new DataType.Row(List.of(new DataType.Row.Field("accumulator", accumulator.type())));
    MethodHandle handle = MethodSignature.handle(function, retract);
    return new AggregateMethod(
        function,
        identity,
        parameters,
        result,
        accumulate,
        Optional.of(new Retraction(handle, accumulator, kept)));
  }

  @Override
  public String name() {
    return function.name();
  }

  @Override
  public DataType type() {
    return result.type();
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  /** Whether rows in which this argument is NULL are left out. */
  public boolean skipsNull(int argument) {
    return parameters.of(argument).presence() == JavaType.Presence.ALWAYS;
  }

  /** Whether values can be taken out again, and accumulators be kept. */
  public boolean isIncremental() {
    return retraction.isPresent();
  }

  public Object start() {
    return Objects.requireNonNull(function.start(), "start() returned null");
  }

  /** The accumulator with a row's values; arguments are boxed, and not kept. */
  public Object accumulate(Object accumulator, @Nullable Object[] arguments) {
    return Invocation.of(accumulate, with(accumulator, arguments));
  }

  /** The accumulator without a row's values. */
  public Object retract(Object accumulator, @Nullable Object[] arguments) {
    return Invocation.of(retraction.orElseThrow().retract(), with(accumulator, arguments));
  }

  private @Nullable Object[] with(Object accumulator, @Nullable Object[] arguments) {
    @Nullable Object[] all = parameters.toJava(arguments, 1);
    all[0] = accumulator;
    return all;
  }

  /** What the accumulator answers, boxed. */
  public @Nullable Object result(Object accumulator) {
    Object value = function.result(accumulator);
    return value == null ? null : result.toSql().apply(value);
  }

  public byte[] encode(Object accumulator) {
    Retraction kept = retraction.orElseThrow();
    return RowCodec.encode(kept.kept(), List.of(kept.accumulator().toSql().apply(accumulator)));
  }

  public Object decode(byte[] bytes) {
    Retraction kept = retraction.orElseThrow();
    Object value = RowCodec.decode(kept.kept(), bytes).getFirst();
    return kept.accumulator().toJava().apply(Objects.requireNonNull(value, "never null"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AggregateMethod method && method.identity.equals(identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /** Names the method and its meaning: equal texts stand for equal functions. */
  @Override
  public String toString() {
    return identity;
  }
}
