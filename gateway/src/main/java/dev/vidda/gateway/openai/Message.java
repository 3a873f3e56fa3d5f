package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.CallDelta;
import dev.vidda.gateway.message.MessageDelta;
import java.util.ArrayList;
import java.util.List;

/** A message in the making, as a row of blocks: reasoning, text and calls in their order. Not thread-safe. */
public final class Message {
    private final List<Block> blocks = new ArrayList<>();

    /** What a block holds. */
    public enum Kind {
        REASONING,
        TEXT,
        CALL
    }

    /** One block, which grows until the next one begins. */
    public static final class Block {
        private final Kind kind;
        private final String name;
        private final StringBuilder text = new StringBuilder();

        private Block(Kind kind, String name) {
            this.kind = kind;
            this.name = name;
        }

        public Kind kind() {
            return kind;
        }

        /** The function's name; empty for other blocks. */
        public String name() {
            return name;
        }

        /** The text, or a call's arguments. */
        public String text() {
            return text.toString();
        }
    }

    /** Hears how the message grows. */
    public interface Listener {
        void begun(int index, Block block);

        void grown(int index, Block block, String added);

        void ended(int index, Block block);
    }

    public List<Block> blocks() {
        return List.copyOf(blocks);
    }

    public void add(MessageDelta delta, Listener listener) {
        add(Kind.REASONING, "", delta.reasoning(), listener);
        add(Kind.TEXT, "", delta.content(), listener);
        for (CallDelta call : delta.calls()) {
            if (call.begins()) {
                begin(Kind.CALL, call.name(), listener);
            }
            add(Kind.CALL, "", call.arguments(), listener);
        }
    }

    /** Nothing follows. */
    public void end(Listener listener) {
        if (!blocks.isEmpty()) {
            listener.ended(blocks.size() - 1, blocks.getLast());
        }
    }

    private void add(Kind kind, String name, String text, Listener listener) {
        if (text.isEmpty()) {
            return;
        }
        if (blocks.isEmpty() || blocks.getLast().kind != kind) {
            begin(kind, name, listener);
        }
        blocks.getLast().text.append(text);
        listener.grown(blocks.size() - 1, blocks.getLast(), text);
    }

    private void begin(Kind kind, String name, Listener listener) {
        end(listener);
        blocks.add(new Block(kind, name));
        listener.begun(blocks.size() - 1, blocks.getLast());
    }
}
