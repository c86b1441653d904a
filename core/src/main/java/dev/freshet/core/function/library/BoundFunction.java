package dev.freshet.core.function.library;

import java.util.List;

/** A function of a library with all ways to call it. */
public sealed interface BoundFunction {
  /** The name as SQL spells it. */
  String name();

  List<? extends Overload> overloads();

  record Scalar(String name, List<ScalarMethod> overloads) implements BoundFunction {}

  /** Its methods give an array of the rows. */
  record Table(String name, List<ScalarMethod> overloads) implements BoundFunction {}

  record Aggregate(String name, List<AggregateMethod> overloads) implements BoundFunction {}
}
