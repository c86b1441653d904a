package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Texts and bytes in other forms: hexadecimal, binary, Base64, URL escapes, character sets. */
final class EncodingKernels {
  static final byte[] LOWER = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UPPER = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private static final List<Charset> CHARSETS =
      List.of(
          StandardCharsets.US_ASCII,
          StandardCharsets.ISO_8859_1,
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_16BE,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16);

  private EncodingKernels() {}

  static void hex(byte[] bytes, int start, int end, byte[] digits, BytesOutput out) {
    for (int i = start; i < end; i++) {
      out.appendByte(digits[bytes[i] >> 4 & 15]);
      out.appendByte(digits[bytes[i] & 15]);
    }
  }

  /** Whole numbers in two's complement without leading zeros, texts and bytes byte by byte. */
  static Kernel hex(DataType type) {
    return type.layout() == Layout.LONG
        ? RowKernels.bytes((x, row, out) -> hexNumber(x, row, out))
        : RowKernels.bytes((x, row, out) -> hexBytes(x, row, out));
  }

  private static boolean hexNumber(Arguments x, int row, BytesOutput out) {
    out.appendAscii(Long.toHexString(x.longs(0)[row & x.mask(0)]).toUpperCase(Locale.ROOT));
    return true;
  }

  private static boolean hexBytes(Arguments x, int row, BytesOutput out) {
    BytesVector bytes = x.bytes(0);
    int at = row & x.mask(0);
    hex(bytes.data(), bytes.start(at), bytes.end(at), UPPER, out);
    return true;
  }

  /** Hexadecimal digits to bytes; an odd number of them is filled up with a leading zero. */
  static boolean unhex(Arguments x, int row, BytesOutput out) {
    BytesVector text = x.bytes(0);
    int at = row & x.mask(0);
    int start = text.start(at);
    int end = text.end(at);
    int high = (end - start) % 2 == 0 ? -1 : 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(text.data()[i], 16);
      if (digit < 0) {
        return false;
      }
      if (high >= 0) {
        out.appendByte(high << 4 | digit);
        high = -1;
      } else {
        high = digit;
      }
    }
    return true;
  }

  static boolean binary(Arguments x, int row, BytesOutput out) {
    out.appendAscii(Long.toBinaryString(x.longs(0)[row & x.mask(0)]));
    return true;
  }

  static boolean toBase64(Arguments x, int row, BytesOutput out) {
    out.append(Base64.getEncoder().encode(x.bytes(0).copyOf(row & x.mask(0))));
    return true;
  }

  /** Fails for what is not the Base64 of a text. */
  static boolean fromBase64(Arguments x, int row, BytesOutput out) {
    try {
      byte[] decoded = Base64.getDecoder().decode(x.bytes(0).copyOf(row & x.mask(0)));
      if (Utf8.isValid(decoded, 0, decoded.length)) {
        out.append(decoded);
        return true;
      }
    } catch (IllegalArgumentException _) {
      // Not Base64: fails as what is no text does.
    }
    x.fail(row, FailureKind.NOT_CONVERTIBLE);
    return true;
  }

  static boolean urlEncode(Arguments x, int row, BytesOutput out) {
    out.appendAscii(URLEncoder.encode(x.bytes(0).text(row & x.mask(0)), StandardCharsets.UTF_8));
    return true;
  }

  /** NULL for what is not escaped right. */
  static boolean urlDecode(Arguments x, int row, BytesOutput out) {
    try {
      String text = x.bytes(0).text(row & x.mask(0));
      out.append(URLDecoder.decode(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** (text, character set) -> bytes; what the set does not have becomes a question mark. */
  static boolean encode(Arguments x, int row, BytesOutput out) {
    Optional<Charset> charset = charset(x, row);
    if (charset.isPresent()) {
      out.append(x.bytes(0).text(row & x.mask(0)).getBytes(charset.get()));
    }
    return true;
  }

  /** (bytes, character set) -> text; fails for bytes that are no text in the set. */
  static boolean decode(Arguments x, int row, BytesOutput out) {
    Optional<Charset> charset = charset(x, row);
    if (charset.isPresent()) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap(x.bytes(0).copyOf(row & x.mask(0)));
        CharBuffer text = charset.get().newDecoder().decode(bytes);
        out.append(text.toString().getBytes(StandardCharsets.UTF_8));
      } catch (CharacterCodingException _) {
        x.fail(row, FailureKind.NOT_CONVERTIBLE);
      }
    }
    return true;
  }

  private static Optional<Charset> charset(Arguments x, int row) {
    String name = x.bytes(1).text(row & x.mask(1));
    Optional<Charset> charset =
        CHARSETS.stream().filter(known -> known.name().equalsIgnoreCase(name)).findFirst();
    if (charset.isEmpty()) {
      x.fail(row, FailureKind.INVALID_ARGUMENT);
    }
    return charset;
  }
}
