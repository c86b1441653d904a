package dev.freshet.kafka.protobuf;

import com.squareup.wire.Syntax;
import com.squareup.wire.schema.Field.Label;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.EnumConstantElement;
import com.squareup.wire.schema.internal.parser.EnumElement;
import com.squareup.wire.schema.internal.parser.FieldElement;
import com.squareup.wire.schema.internal.parser.GroupElement;
import com.squareup.wire.schema.internal.parser.MessageElement;
import com.squareup.wire.schema.internal.parser.OneOfElement;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import com.squareup.wire.schema.internal.parser.TypeElement;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.protobuf.ProtoField.Rule;
import dev.freshet.kafka.protobuf.ProtoType.Scalar;
import dev.freshet.kafka.protobuf.ProtoType.Wire;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ProtoSchema} of texts: Wire parses them, names are looked up here. One thread uses
 * it, once.
 */
final class SchemaText {
  private final ProtoFileElement main;
  private final Map<String, Declared> declared = new LinkedHashMap<>();
  private final Map<String, ProtoType.Names> enums = new HashMap<>();

  /** A message, or proto2's group, before the names in it are looked up. */
  private record Declared(
      String name,
      boolean isProto3,
      List<FieldElement> fields,
      List<GroupElement> groups,
      List<OneOfElement> oneofs) {}

  SchemaText(String text, List<String> references) {
    this.main = parse(text);
    List<ProtoFileElement> files = new ArrayList<>();
    references.forEach(reference -> files.add(parse(reference)));
    files.add(main);
    KnownTexts.TEXTS.values().forEach(known -> declare(parse(known)));
    files.forEach(this::declare); // in place of what is known
  }

  private static ProtoFileElement parse(String text) {
    try {
      return ProtoParser.Companion.parse(Location.get("schema"), text);
    } catch (RuntimeException | StackOverflowError e) {
      String said = String.valueOf(e.getMessage()).replace("schema:", "line ");
      throw unreadable(said.lines().findFirst().orElse(said));
    }
  }

  private static CellProblem unreadable(String why) {
    return new CellProblem(ErrorCode.ROW_MALFORMED, "cannot be read: " + why);
  }

  ProtoSchema schema() {
    Map<String, ProtoMessage> messages = new HashMap<>();
    declared.forEach(
        (name, message) -> messages.put(name, new ProtoMessage(name, fields(message))));
    Map<List<Integer>, String> places = new HashMap<>();
    places(main.getTypes(), packageOf(main), List.of(), places);
    return new ProtoSchema(messages, places);
  }

  private static String packageOf(ProtoFileElement file) {
    String name = file.getPackageName();
    return name == null ? "" : name;
  }

  private static String within(String scope, String name) {
    return scope.isEmpty() ? name : scope + "." + name;
  }

  private static void places(
      List<? extends TypeElement> types,
      String scope,
      List<Integer> before,
      Map<List<Integer>, String> places) {
    int index = 0;
    for (TypeElement type : types) {
      if (type instanceof MessageElement message) {
        List<Integer> place = new ArrayList<>(before);
        place.add(index++);
        String name = within(scope, message.getName());
        places.put(List.copyOf(place), name);
        places(message.getNestedTypes(), name, place, places);
      }
    }
  }

  private void declare(ProtoFileElement file) {
    boolean isProto3 = file.getSyntax() == Syntax.PROTO_3;
    declare(file.getTypes(), packageOf(file), isProto3);
  }

  private void declare(List<? extends TypeElement> types, String scope, boolean isProto3) {
    for (TypeElement type : types) {
      String name = within(scope, type.getName());
      if (type instanceof MessageElement message) {
        declared.put(
            name,
            new Declared(
                name, isProto3, message.getFields(), message.getGroups(), message.getOneOfs()));
        groups(message.getGroups(), name, isProto3);
        message.getOneOfs().forEach(oneof -> groups(oneof.getGroups(), name, isProto3));
      } else if (type instanceof EnumElement names) {
        enums.put(name, names(name, names));
      }
      declare(type.getNestedTypes(), name, isProto3);
    }
  }

  private void groups(List<GroupElement> groups, String scope, boolean isProto3) {
    for (GroupElement group : groups) {
      String name = within(scope, group.getName());
      declared.put(name, new Declared(name, isProto3, group.getFields(), List.of(), List.of()));
    }
  }

  private static ProtoType.Names names(String name, EnumElement element) {
    Map<Integer, String> names = new LinkedHashMap<>();
    for (EnumConstantElement constant : element.getConstants()) {
      names.putIfAbsent(constant.getTag(), constant.getName());
    }
    int first = names.isEmpty() ? 0 : names.keySet().iterator().next();
    return new ProtoType.Names(name, names, first);
  }

  private List<ProtoField> fields(Declared message) {
    List<ProtoField> fields = new ArrayList<>();
    message.fields().forEach(field -> fields.add(field(message, field, ProtoField.ALONE)));
    message.groups().forEach(group -> fields.add(group(message, group, ProtoField.ALONE)));
    for (int i = 0; i < message.oneofs().size(); i++) {
      int oneof = i;
      OneOfElement alternatives = message.oneofs().get(i);
      alternatives.getFields().forEach(field -> fields.add(field(message, field, oneof)));
      alternatives.getGroups().forEach(group -> fields.add(group(message, group, oneof)));
    }
    return fields;
  }

  private static ProtoField group(Declared message, GroupElement group, int oneof) {
    return new ProtoField(
        group.getName().toLowerCase(Locale.ROOT),
        group.getTag(),
        new ProtoType.Message(within(message.name(), group.getName()), Wire.GROUP),
        rule(group.getLabel()),
        oneof,
        Optional.empty());
  }

  private static Rule rule(@Nullable Label label) {
    return label == Label.REPEATED
        ? Rule.REPEATED
        : label == Label.REQUIRED ? Rule.REQUIRED : Rule.SINGULAR;
  }

  private ProtoField field(Declared message, FieldElement field, int oneof) {
    String text = field.getType();
    ProtoType type = text.startsWith("map<") ? entries(message, text) : type(message.name(), text);
    Rule rule = type instanceof ProtoType.Entries ? Rule.REPEATED : rule(field.getLabel());
    boolean isImplicit =
        message.isProto3()
            && rule == Rule.SINGULAR
            && oneof == ProtoField.ALONE
            && field.getLabel() != Label.OPTIONAL
            && !(type instanceof ProtoType.Message);
    String written = field.getDefaultValue();
    Optional<byte[]> absent = Optional.empty();
    if (isImplicit) {
      absent = Optional.of(Absent.value(type));
    } else if (written != null && rule == Rule.SINGULAR) {
      absent = Optional.of(declaredDefault(field, type, written));
    }
    return new ProtoField(field.getName(), field.getTag(), type, rule, oneof, absent);
  }

  private static byte[] declaredDefault(FieldElement field, ProtoType type, String written) {
    try {
      return Absent.value(type, written);
    } catch (IllegalArgumentException e) {
      throw unreadable(
          "the default of field " + field.getName() + ", " + written + ", is no " + type.text());
    }
  }

  /** As in {@code map<string, shop.Price>}. */
  private ProtoType entries(Declared message, String text) {
    int comma = text.indexOf(',');
    if (comma < 0 || !text.endsWith(">")) {
      throw unreadable(text + " is no map");
    }
    String key = text.substring("map<".length(), comma).strip();
    ProtoType keyType = Scalar.of(key).orElseThrow(() -> unreadable(key + " is no key of a map"));
    ProtoType valueType =
        type(message.name(), text.substring(comma + 1, text.length() - 1).strip());
    return new ProtoType.Entries(
        new ProtoMessage(text, List.of(part("key", 1, keyType), part("value", 2, valueType))));
  }

  private static ProtoField part(String name, int number, ProtoType type) {
    return new ProtoField(
        name, number, type, Rule.SINGULAR, ProtoField.ALONE, Optional.of(Absent.value(type)));
  }

  /** The type of a name, looked up from the inside out as the language has it. */
  private ProtoType type(String from, String name) {
    Optional<Scalar> scalar = Scalar.of(name);
    if (scalar.isPresent()) {
      return scalar.get();
    }
    if (name.startsWith(".")) {
      ProtoType found = find(name.substring(1));
      if (found != null) {
        return found;
      }
    }
    String scope = from;
    while (true) {
      ProtoType found = find(within(scope, name));
      if (found != null) {
        return found;
      }
      if (scope.isEmpty()) {
        throw unreadable(
            "type " + name + " of " + from + " stands neither in it nor in a reference");
      }
      scope = scope.substring(0, Math.max(0, scope.lastIndexOf('.')));
    }
  }

  private @Nullable ProtoType find(String name) {
    return declared.containsKey(name) ? new ProtoType.Message(name, Wire.LENGTH) : enums.get(name);
  }
}
