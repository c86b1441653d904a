package dev.freshet.core.function.library;

import dev.freshet.core.function.SqlType;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.TypeParser;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record class as a ROW: its components are the fields, in their order. */
final class RecordType {
  private final List<JavaType> components;
  private final List<MethodHandle> accessors;
  private final MethodHandle constructor;

  private RecordType(
      List<JavaType> components, List<MethodHandle> accessors, MethodHandle constructor) {
    this.components = components;
    this.accessors = accessors;
    this.constructor = constructor;
  }

  /** Empty when a component is of a type that SQL does not have. */
  static Optional<JavaType> of(Class<?> record) {
    List<JavaType> components = new ArrayList<>();
    List<DataType.Row.Field> fields = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Optional<DataType> declared =
          Optional.ofNullable(component.getAnnotation(SqlType.class))
              .map(type -> TypeParser.parse(type.value()));
      Optional<JavaType> type = JavaType.of(component.getGenericType(), declared);
      if (type.isEmpty()) {
        return Optional.empty();
      }
      components.add(type.get());
      fields.add(new DataType.Row.Field(component.getName(), type.get().type()));
    }
    RecordType row = handles(record, components);
    return Optional.of(
        new JavaType(
            new DataType.Row(fields), JavaType.Presence.MAY_BE_NULL, row::toJava, row::toSql));
  }

  private static RecordType handles(Class<?> record, List<JavaType> components) {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      List<MethodHandle> accessors = new ArrayList<>();
      for (RecordComponent component : record.getRecordComponents()) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        accessors.add(
            lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class)));
      }
      Class<?>[] types =
          Arrays.stream(record.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      MethodHandle handle =
          lookup
              .unreflectConstructor(constructor)
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      return new RecordType(components, accessors, handle);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record has its accessors and constructor", e);
    }
  }

  private Object toJava(Object value) {
    List<?> fields = (List<?>) value;
    @Nullable Object[] arguments = new Object[components.size()];
    for (int i = 0; i < arguments.length; i++) {
      Object field = fields.get(i);
      arguments[i] = field == null ? null : components.get(i).toJava().apply(field);
    }
    return Invocation.of(constructor, arguments);
  }

  private Object toSql(Object value) {
    List<@Nullable Object> fields = new ArrayList<>(components.size());
    for (int i = 0; i < components.size(); i++) {
      Object field = Invocation.ofOne(accessors.get(i), value);
      fields.add(field == null ? null : components.get(i).toSql().apply(field));
    }
    return fields;
  }
}
