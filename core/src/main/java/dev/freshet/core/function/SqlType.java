package dev.freshet.core.function;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the SQL type where the Java type does not say it: of a method's result (for an aggregate on
 * {@code result}) or of a record's component, such as {@code @SqlType("DECIMAL(12, 2)")}. A {@code
 * BigDecimal} without it is a DECIMAL(38, 18).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface SqlType {
  String value();
}
