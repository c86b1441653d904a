package dev.freshet.capture.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets us wait for a connection's next bytes for a bounded time. The driver itself offers only to
 * block without end or to poll; polling costs either latency or CPU. The driver makes this factory
 * by name, so it has to be public.
 */
public final class WatchedSocketFactory extends SocketFactory {
  private static final Map<String, WatchedSocket> SOCKETS = new ConcurrentHashMap<>();

  private final String id;

  /**
   * @param id by which {@link #take} finds the socket
   */
  public WatchedSocketFactory(String id) {
    this.id = id;
  }

  /** The last socket made under this id; it is then forgotten here. */
  static @Nullable WatchedSocket take(String id) {
    return SOCKETS.remove(id);
  }

  @Override
  public Socket createSocket() {
    WatchedSocket socket = new WatchedSocket();
    SOCKETS.put(id, socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    throw unsupported();
  }

  private static SocketException unsupported() {
    return new SocketException("only unconnected sockets are made here");
  }
}
