/**
 * A naive evaluator of the plan's expressions: one boxed row at a time, with java.time, BigDecimal
 * and String. The oracle that the vectorised kernels are compared with; it shares no code with
 * them.
 */
package dev.freshet.engine.oracle;
