package dev.vidda.node.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.Locale;

/** Whether a port can be listened on. */
final class ListenCheck {
    private static final int FIRST_FREE_FOR_ALL = 1024;

    private ListenCheck() {}

    /** Binds the port for a moment; does nothing for port 0, which takes any free one. */
    static void run(String hostKey, String host, String portKey, int port, Findings findings) {
        if (findings.concern(hostKey)) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            findings.add(hostKey, "this host name has no address", "correct it, or give an IP address");
            return;
        }
        if (!isOfThisMachine(address.getAddress())) {
            findings.add(
                    hostKey,
                    "this machine has no such address",
                    "give one of its own, 127.0.0.1 for itself alone, or 0.0.0.0 for all");
            return;
        }
        if (port != 0) {
            bind(address, portKey, findings);
        }
    }

    private static void bind(InetSocketAddress address, String portKey, Findings findings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            boolean denied = message.toLowerCase(Locale.ROOT).contains("permission");
            String where = address.getAddress().getHostAddress();
            if (denied && address.getPort() < FIRST_FREE_FOR_ALL) {
                findings.add(
                        portKey,
                        "this user may not listen on ports below " + FIRST_FREE_FOR_ALL,
                        "take a higher port, or grant CAP_NET_BIND_SERVICE");
            } else {
                findings.add(
                        portKey,
                        "cannot listen on " + where + ":" + address.getPort() + ": " + message,
                        "stop what listens there, or take another port (0 takes any free one)");
            }
        }
    }

    /** Whether only this machine can reach {@code host}; one without address is none of others either. */
    static boolean isLoopback(String host) {
        InetAddress address = new InetSocketAddress(host, 0).getAddress();
        return address == null || address.isLoopbackAddress();
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true; // Not to be known; binding tells.
        }
    }
}
