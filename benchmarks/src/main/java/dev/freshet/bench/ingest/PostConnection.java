package dev.freshet.bench.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One kept-alive connection that costs next to nothing, so that what is measured is the server. One
 * thread owns it.
 */
public final class PostConnection implements AutoCloseable {
  private static final int OK = 200;
  private static final int STATUS_AT = "http/1.1 ".length();

  private final Socket socket;
  private final InputStream in;
  private final StringBuilder head = new StringBuilder();
  private byte[] body = {};

  public PostConnection(URI address) throws IOException {
    socket = new Socket(address.getHost(), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** A whole request with this body, to be sent as it is. */
  public static byte[] request(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("POST /v1/ingest/views HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, request, head.length, bytes.length);
    return request;
  }

  /** Sends a request whose answer must say that all went well. */
  void post(byte[] request) throws IOException {
    if (send(request) != OK) {
      throw new IOException(head + answer());
    }
  }

  /** Sends a request and reads its answer; returns the status. */
  public int send(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    head.setLength(0);
    int b = 0;
    while (b >= 0 && head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      b = in.read();
      head.append((char) b);
    }
    String text = head.toString().toLowerCase(Locale.ROOT);
    int length = text.indexOf("content-length:");
    if (b < 0 || length < 0) {
      throw new IOException("no answer: " + text);
    }
    int end = text.indexOf('\r', length);
    int count = Integer.parseInt(text.substring(length + "content-length:".length(), end).strip());
    body = in.readNBytes(count);
    return Integer.parseInt(text.substring(STATUS_AT, STATUS_AT + 3));
  }

  /** The body of the last answer. */
  public String answer() {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
