package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression.Call;
import java.util.List;

/** Which kernel computes which function of texts. */
final class TextFunctions {
  private TextFunctions() {}

  static Kernel kernel(Call call, List<Node> arguments) {
    DataType type = arguments.get(0).type();
    if (type != Simple.VARCHAR && type != Simple.JSON) {
      throw Functions.unsupported(call, arguments);
    }
    return switch (call.function()) {
      case CONCAT -> TextKernels::concat;
      case UPPER -> TextKernels::upper;
      case LOWER -> TextKernels::lower;
      case CHAR_LENGTH -> TextKernels::length;
      case SUBSTRING -> TextParts::substring;
      case TRIM -> TextParts.trim(TextParts.Ends.BOTH);
      case LTRIM -> TextParts.trim(TextParts.Ends.LEADING);
      case RTRIM -> TextParts.trim(TextParts.Ends.TRAILING);
      case REPLACE -> TextKernels::replace;
      case POSITION -> TextKernels::position;
      case LIKE -> PatternKernels.like(arguments);
      case LPAD -> TextKernels.pad(TextKernels.Side.LEFT);
      case RPAD -> TextKernels.pad(TextKernels.Side.RIGHT);
      case REVERSE -> TextKernels::reverse;
      case LEFT -> TextParts::left;
      case RIGHT -> TextParts::right;
      case SPLIT_INDEX -> TextParts::splitIndex;
      case REGEXP_EXTRACT -> RegexKernels.extract(arguments);
      case REGEXP_EXTRACT_ALL -> RegexKernels.extractAll(arguments);
      case REGEXP -> RegexKernels.matches(arguments);
      case REGEXP_REPLACE -> RegexKernels.replace(arguments);
      case REGEXP_COUNT -> RegexKernels.count(arguments);
      case REGEXP_INSTR -> RegexKernels.position(arguments);
      case REPEAT -> RowKernels.bytes(TextEdits::repeat);
      case INITCAP -> RowKernels.bytes(TextEdits::initCap);
      case OVERLAY -> RowKernels.bytes(TextEdits::overlay);
      case ASCII -> RowKernels.longs(TextEdits::ascii);
      case STARTSWITH -> RowKernels.booleans(TextParts::startsWith);
      case ENDSWITH -> RowKernels.booleans(TextParts::endsWith);
      case IS_ALPHA -> RowKernels.booleans(TextTests::isAlpha);
      case IS_DIGIT -> RowKernels.booleans(TextTests::isDigit);
      case IS_DECIMAL -> RowKernels.booleans(TextTests::isDecimal);
      case JSON_QUOTE -> RowKernels.bytes(JsonText::quote);
      case JSON_UNQUOTE -> JsonKernels.unquote();
      case TRANSLATE -> RowKernels.bytes(TextEdits::translate);
      case SPLIT -> RowKernels.bytes(TextParts::split);
      case PARSE_URL -> RowKernels.bytes(UrlParts::parseUrl);
      case URL_ENCODE -> RowKernels.bytes(EncodingKernels::urlEncode);
      case URL_DECODE -> RowKernels.bytes(EncodingKernels::urlDecode);
      case TO_BASE64 -> RowKernels.bytes(EncodingKernels::toBase64);
      case FROM_BASE64 -> RowKernels.bytes(EncodingKernels::fromBase64);
      case UNHEX -> RowKernels.bytes(EncodingKernels::unhex);
      case ENCODE -> RowKernels.bytes(EncodingKernels::encode);
      case MD5 -> HashKernels.digest("MD5");
      case SHA1 -> HashKernels.digest("SHA-1");
      case SHA224 -> HashKernels.digest("SHA-224");
      case SHA256 -> HashKernels.digest("SHA-256");
      case SHA384 -> HashKernels.digest("SHA-384");
      case SHA512 -> HashKernels.digest("SHA-512");
      case TO_TIMESTAMP -> TimeParsing.toTimestamp(arguments);
      case CONVERT_TZ -> RowKernels.bytes(TimeParsing::convertZone);
      default -> throw Functions.unsupported(call, arguments);
    };
  }
}
