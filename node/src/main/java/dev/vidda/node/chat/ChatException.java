package dev.vidda.node.chat;

import java.io.IOException;

/** The server refused a request or broke off an answer; the message is its own. */
public final class ChatException extends IOException {
    private static final long serialVersionUID = 1;

    public ChatException(String message) {
        super(message);
    }
}
