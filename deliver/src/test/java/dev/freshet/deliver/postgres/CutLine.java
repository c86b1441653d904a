package dev.freshet.deliver.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A line to a server that breaks at a commit: before the server hears of it, or before it answers.
 */
final class CutLine implements AutoCloseable {
  private final ServerSocket listening;
  private final int serverPort;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile Cut cut = Cut.NEVER;

  /** Whether the last answer was to an INSERT; then the next statement is the commit. */
  private volatile boolean inserted;

  enum Cut {
    NEVER,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  CutLine(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** The line breaks at the next commit, once. */
  void cutAt(Cut where) {
    cut = where;
  }

  boolean isWhole() {
    return cut == Cut.NEVER;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      sockets.addAll(List.of(client, server));
      start(() -> toServer(client, server));
      start(() -> toClient(client, server));
    }
  }

  private void toServer(Socket client, Socket server) throws IOException {
    byte[] buffer = new byte[1 << 16];
    InputStream in = client.getInputStream();
    OutputStream out = server.getOutputStream();
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      if (inserted && cut == Cut.BEFORE_COMMIT) {
        breakOff(client, server);
        return;
      }
      out.write(buffer, 0, count);
    }
  }

  /** The server's answers say in their command tags what was done. */
  private void toClient(Socket client, Socket server) throws IOException {
    byte[] buffer = new byte[1 << 16];
    InputStream in = server.getInputStream();
    OutputStream out = client.getOutputStream();
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      String answer = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
      inserted = answer.contains("INSERT 0");
      if (answer.contains("COMMIT") && cut == Cut.AFTER_COMMIT) {
        breakOff(client, server);
        return;
      }
      out.write(buffer, 0, count);
    }
  }

  private void breakOff(Socket client, Socket server) throws IOException {
    cut = Cut.NEVER;
    client.close();
    server.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            work.run();
          } catch (IOException e) {
            // the end of a line
          }
        });
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
