package dev.vidda.node.hub;

import java.io.IOException;

/** The hub's answer is final: trying again would not help. The message names what was asked for and why it failed. */
public final class HubException extends IOException {
    private static final long serialVersionUID = 1;

    public HubException(String message) {
        super(message);
    }
}
