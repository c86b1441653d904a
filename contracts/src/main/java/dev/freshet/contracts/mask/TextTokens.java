package dev.freshet.contracts.mask;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType.Layout;
import java.util.Arrays;

/**
 * Tokens of texts: each letter and digit becomes another of its {@linkplain Alphabets alphabet},
 * all else stays where it is. A permutation of all texts of the same form, so different texts have
 * different tokens. One thread owns it.
 *
 * <pre>
 * Ann-Marie 07      form: A a a - A a a a a _ 0 0      token, for example: Qxt-Bzwfk 31
 * </pre>
 */
final class TextTokens {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int STAYS = -1;
  private static final int OF_ALPHABET = 1 << 31;

  private final Feistel feistel;
  private int[] points = new int[64];
  private int[] alphabets = new int[64];
  private int[] ranks = new int[64];
  private int[] radixes = new int[64];
  private byte[] form = new byte[64 * Integer.BYTES];

  TextTokens(Feistel feistel) {
    this.feistel = feistel;
  }

  BytesVector apply(BytesVector texts) {
    int count = texts.length();
    VectorBuilder out = new VectorBuilder(Layout.BYTES, count);
    for (int row = 0; row < count; row++) {
      if (texts.isNull(row)) {
        out.appendNull();
      } else {
        append(out, texts.data(), texts.start(row), texts.end(row));
      }
    }
    return (BytesVector) out.build();
  }

  private void append(VectorBuilder out, byte[] utf8, int start, int end) {
    reserve(end - start);
    int length = decode(utf8, start, end);
    int places = 0;
    for (int i = 0; i < length; i++) {
      int alphabet = Alphabets.of(points[i]);
      alphabets[i] = alphabet == Alphabets.NONE ? STAYS : alphabet;
      Feistel.writeInt(form, i * Integer.BYTES, alphabet < 0 ? points[i] : OF_ALPHABET | alphabet);
      if (alphabet >= 0) {
        radixes[places] = Alphabets.size(alphabet);
        ranks[places++] = Alphabets.rank(alphabet, points[i]);
      }
    }
    permute(places, length);
    int place = 0;
    byte[] target = out.reserveBytes(length * 4);
    int at = out.bytesStart();
    int written = 0;
    for (int i = 0; i < length; i++) {
      int point = alphabets[i] < 0 ? points[i] : Alphabets.point(alphabets[i], ranks[place++]);
      written += encode(target, at + written, point);
    }
    out.commitBytes(written);
  }

  private void permute(int places, int length) {
    if (places == 0) {
      return;
    }
    feistel.tweak(form, length * Integer.BYTES);
    if (places == 1) {
      ranks[0] = (int) feistel.permute(ranks[0], radixes[0]);
    } else {
      feistel.permute(ranks, radixes, places);
    }
  }

  private void reserve(int length) {
    if (points.length < length) {
      int larger = Math.max(length, points.length * 2);
      points = Arrays.copyOf(points, larger);
      alphabets = Arrays.copyOf(alphabets, larger);
      ranks = Arrays.copyOf(ranks, larger);
      radixes = Arrays.copyOf(radixes, larger);
      form = Arrays.copyOf(form, larger * Integer.BYTES);
    }
  }

  /** The code points into {@link #points}; what is no UTF-8 becomes U+FFFD, byte by byte. */
  private int decode(byte[] utf8, int start, int end) {
    int length = 0;
    for (int i = start; i < end; ) {
      int lead = utf8[i] & 0xff;
      int more = more(lead);
      boolean isWhole = more >= 0 && i + more < end;
      int point = more <= 0 ? lead : lead & (0x3f >> more);
      for (int next = 1; next <= more && isWhole; next++) {
        isWhole = (utf8[i + next] & 0xC0) == 0x80;
        point = (point << 6) | (utf8[i + next] & 0x3f);
      }
      points[length++] = isWhole ? point : REPLACEMENT;
      i += isWhole ? more + 1 : 1;
    }
    return length;
  }

  /** How many bytes follow a first one; -1 for one that is none. */
  private static int more(int lead) {
    if (lead < 0x80) {
      return 0;
    }
    if (lead < 0xC2 || lead >= 0xF5) {
      return -1;
    }
    return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  }

  private static int encode(byte[] target, int at, int point) {
    if (point < 0x80) {
      target[at] = (byte) point;
      return 1;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    int lead = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
    target[at] = (byte) (lead | (point >> (6 * more)));
    for (int next = 1; next <= more; next++) {
      target[at + next] = (byte) (0x80 | ((point >> (6 * (more - next))) & 0x3f));
    }
    return more + 1;
  }
}
