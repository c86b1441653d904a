package dev.freshet.kafka;

import static dev.freshet.kafka.ProtobufMessagesTest.framed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.freshet.broker.SmallRegistry;
import dev.freshet.capture.rows.DecodedRows;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.kafka.registry.SchemaRegistry;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.property.Property;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Random schemas and messages: what we read is what Protobuf's own classes hold. */
class ProtobufOracleTest {
  private static final int MESSAGES = 3;
  private static final DataType UNSIGNED = new DataType.Decimal(20, 0);

  @Test
  void readsWhatProtobufWrote() {
    AtomicInteger ids = new AtomicInteger();
    try (SmallRegistry server = SmallRegistry.start();
        SchemaRegistry registry =
            new SchemaRegistry(new RegistrySettings(URI.create(server.url()), "", ""))) {
      Property.of("protobuf", 150)
          .check(draws -> {
            FileDescriptor file = file(draws);
            int id = ids.incrementAndGet();
            server.protobuf(id, text(file.toProto()));
            Descriptor type = file.getMessageTypes().get(0);
            List<Column> columns = new ArrayList<>();
            for (FieldDescriptor field : type.getFields()) {
              columns.add(Column.nullable(field.getName(), columnType(draws, field, 0)));
            }
            TableMessages messages = messages(new Schema(columns), registry);
            for (int i = 0; i < 4; i++) {
              DynamicMessage message = message(draws, type, 0);
              byte[] bytes = framed(id, new int[] {0}, message::writeTo);
              messages.add(new ConsumerRecord<>("t", 0, i, null, bytes));
              DecodedRows rows = messages.take();
              assertThat(rows.refused()).as(file.toProto().toString()).isEmpty();
              assertThat(JsonText.row(rows.changes().rows(), 0))
                  .as(file.toProto().toString())
                  .isEqualTo(expected(columns, message));
            }
          });
    }
  }

  private static TableMessages messages(Schema schema, SchemaRegistry registry) {
    return new TableMessages(
        new Contract("t", schema, List.of(), "", ""),
        new MessageSettings(
            MessageFormat.PROTOBUF,
            KeyFormat.NONE,
            Envelope.NONE,
            UnknownFields.REFUSE,
            Optional.empty()),
        registry,
        Clock.system());
  }

  // Schemas

  private static FileDescriptor file(Draws draws) {
    boolean isProto3 = draws.chance(0.5);
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder()
            .setName("f.proto")
            .setPackage(draws.chance(0.5) ? "a.b" : "")
            .setSyntax(isProto3 ? "proto3" : "proto2")
            .addEnumType(
                EnumDescriptorProto.newBuilder()
                    .setName("K")
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("K0").setNumber(0))
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("K9").setNumber(-9)));
    for (int i = 0; i < MESSAGES; i++) {
      file.addMessageType(message(draws, i, isProto3, file.getPackage()));
    }
    try {
      return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DescriptorProto message(
      Draws draws, int index, boolean isProto3, String packageName) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("M" + index);
    message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("choice"));
    int count = draws.between(2, 7);
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += draws.chance(0.1) ? draws.between(1, 100_000) : 1;
      FieldDescriptorProto.Builder field =
          FieldDescriptorProto.newBuilder().setName("f" + i).setNumber(number);
      List<Type> types = new ArrayList<>(List.of(Type.values()));
      types.remove(Type.TYPE_GROUP);
      field.setType(draws.pick(types));
      String scope = packageName.isEmpty() ? "." : "." + packageName + ".";
      if (field.getType() == Type.TYPE_MESSAGE) {
        field.setTypeName(scope + "M" + draws.between(0, MESSAGES - 1));
      } else if (field.getType() == Type.TYPE_ENUM) {
        field.setTypeName(scope + "K");
      }
      field.setLabel(draws.chance(0.3) ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
      boolean isSingle = field.getLabel() == Label.LABEL_OPTIONAL;
      if (i < 2) {
        field.setLabel(Label.LABEL_OPTIONAL).setOneofIndex(0);
      } else if (isSingle && isProto3 && draws.chance(0.4)) {
        field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
        message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_f" + i));
      } else if (field.getType() == Type.TYPE_INT32 && isSingle && !isProto3) {
        field.setDefaultValue("-77");
      }
      message.addField(field);
    }
    return message.build();
  }

  /** As a {@code .proto} file. */
  private static String text(FileDescriptorProto file) {
    StringBuilder out = new StringBuilder();
    out.append("syntax = \"").append(file.getSyntax()).append("\";\n");
    if (!file.getPackage().isEmpty()) {
      out.append("package ").append(file.getPackage()).append(";\n");
    }
    for (DescriptorProto message : file.getMessageTypeList()) {
      out.append("message ").append(message.getName()).append(" {\n  oneof choice {\n");
      message.getFieldList().stream()
          .filter(field -> field.hasOneofIndex() && field.getOneofIndex() == 0)
          .forEach(field -> field(out, file, field, ""));
      out.append("  }\n");
      message.getFieldList().stream()
          .filter(field -> !field.hasOneofIndex() || field.getOneofIndex() > 0)
          .forEach(field -> field(out, file, field, label(file, field)));
      out.append("}\n");
    }
    out.append("enum K { K0 = 0; K9 = -9; }\n");
    return out.toString();
  }

  private static String label(FileDescriptorProto file, FieldDescriptorProto field) {
    return field.getLabel() == Label.LABEL_REPEATED
        ? "repeated "
        : file.getSyntax().equals("proto2") || field.getProto3Optional() ? "optional " : "";
  }

  private static void field(
      StringBuilder out, FileDescriptorProto file, FieldDescriptorProto field, String label) {
    String type =
        field.getTypeName().isEmpty()
            ? field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT)
            : field.getNumber() % 2 == 0
                ? field.getTypeName()
                : field.getTypeName().replace("." + file.getPackage() + ".", "").replace(".", "");
    out.append("    ").append(label).append(type).append(' ').append(field.getName());
    out.append(" = ").append(field.getNumber());
    if (field.hasDefaultValue()) {
      out.append(" [default = ").append(field.getDefaultValue()).append(']');
    }
    out.append("; /* a field */\n");
  }

  // Columns and messages

  private static DataType columnType(Draws draws, FieldDescriptor field, int depth) {
    if (draws.chance(0.2) && field.getJavaType() != FieldDescriptor.JavaType.STRING) {
      return Simple.JSON;
    }
    DataType single =
        switch (field.getType()) {
          case DOUBLE -> Simple.DOUBLE;
          case FLOAT -> Simple.REAL;
          case INT32, SINT32, SFIXED32 -> Simple.INTEGER;
          case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> Simple.BIGINT;
          case UINT64, FIXED64 -> UNSIGNED;
          case BOOL -> Simple.BOOLEAN;
          case STRING, ENUM -> Simple.VARCHAR;
          case BYTES -> Simple.BINARY;
          case MESSAGE, GROUP -> {
            if (depth == 3) {
              yield Simple.JSON;
            }
            List<DataType.Row.Field> fields = new ArrayList<>();
            for (FieldDescriptor each : field.getMessageType().getFields()) {
              fields.add(
                  new DataType.Row.Field(each.getName(), columnType(draws, each, depth + 1)));
            }
            yield new DataType.Row(fields);
          }
        };
    return field.isRepeated() ? new DataType.Array(single) : single;
  }

  private static DynamicMessage message(Draws draws, Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      boolean isDeep = depth > 3 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (isDeep || draws.chance(0.3)) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = draws.between(0, 3); i > 0; i--) {
          message.addRepeatedField(field, value(draws, field, depth));
        }
      } else {
        message.setField(field, value(draws, field, depth));
      }
    }
    return message.build();
  }

  private static Object value(Draws draws, FieldDescriptor field, int depth) {
    long number = draws.chance(0.3) ? draws.random().nextLong() : draws.between(-3, 3);
    return switch (field.getJavaType()) {
      case INT -> (int) number;
      case LONG -> number;
      case FLOAT -> draws.chance(0.1) ? Float.NaN : number / 8f;
      case DOUBLE -> draws.chance(0.1) ? Double.NEGATIVE_INFINITY : number / 8.0;
      case BOOLEAN -> number > 0;
      case STRING -> draws.text(6);
      case BYTE_STRING -> ByteString.copyFrom(draws.bytes(draws.between(0, 4)));
      case ENUM -> draws.pick(field.getEnumType().getValues());
      case MESSAGE -> message(draws, field.getMessageType(), depth + 1);
    };
  }

  // What the row must be

  private static String expected(List<Column> columns, Message message) {
    StringBuilder out = new StringBuilder("{");
    for (Column column : columns) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(column.name());
      out.append(out.length() == 1 ? "" : ",");
      JsonText.appendText(out, column.name());
      out.append(':');
      JsonText.appendValue(out, column.type(), boxed(message, field, column.type()));
    }
    return out.append('}').toString();
  }

  private static Object boxed(Message message, FieldDescriptor field, DataType type) {
    if (!isThere(message, field)) {
      return null;
    }
    Object value = message.getField(field);
    if (type == Simple.JSON) {
      StringBuilder json = new StringBuilder();
      json(json, field, value);
      return json.toString();
    }
    if (value instanceof List<?> list) {
      DataType element = ((DataType.Array) type).element();
      List<Object> values = new ArrayList<>();
      list.forEach(each -> values.add(single(field, each, element)));
      return values;
    }
    return single(field, value, type);
  }

  /** Whether a reader of the schema sees a value. */
  private static boolean isThere(Message message, FieldDescriptor field) {
    return field.isRepeated()
        || !field.hasPresence()
        || message.hasField(field)
        || field.hasDefaultValue();
  }

  private static Object single(FieldDescriptor field, Object value, DataType type) {
    if (type == Simple.JSON) {
      StringBuilder json = new StringBuilder();
      jsonSingle(json, field, value);
      return json.toString();
    }
    return switch (value) {
      case Message message -> {
        List<Object> fields = new ArrayList<>();
        for (DataType.Row.Field each : ((DataType.Row) type).fields()) {
          FieldDescriptor inner = message.getDescriptorForType().findFieldByName(each.name());
          fields.add(boxed(message, inner, each.type()));
        }
        yield fields;
      }
      case EnumValueDescriptor name -> name.getName();
      case ByteString bytes -> bytes.toByteArray();
      case Float number -> (double) number;
      case Integer number when isUnsigned(field) -> Integer.toUnsignedLong(number);
      case Integer number -> (long) number;
      case Long number when isUnsigned(field) -> new BigDecimal(Long.toUnsignedString(number));
      default -> value;
    };
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  private static void json(StringBuilder out, FieldDescriptor field, Object value) {
    if (value instanceof List<?> list) {
      out.append('[');
      for (int i = 0; i < list.size(); i++) {
        out.append(i == 0 ? "" : ",");
        jsonSingle(out, field, list.get(i));
      }
      out.append(']');
    } else {
      jsonSingle(out, field, value);
    }
  }

  private static void jsonSingle(StringBuilder out, FieldDescriptor field, Object value) {
    switch (value) {
      case Message message -> {
        String separator = "";
        out.append('{');
        for (FieldDescriptor each :
            message.getDescriptorForType().getFields().stream()
                .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
                .toList()) {
          if (isThere(message, each)) {
            out.append(separator).append('"').append(each.getName()).append("\":");
            separator = ",";
            json(out, each, message.getField(each));
          }
        }
        out.append('}');
      }
      case Float number when Float.isFinite(number) -> out.append((float) number);
      case Float number -> JsonText.appendText(out, number.toString());
      default -> {
        DataType type =
            value instanceof ByteString
                ? Simple.BINARY
                : isUnsigned(field) ? UNSIGNED : Simple.VARCHAR;
        JsonText.appendValue(out, type, single(field, value, type));
      }
    }
  }
}
