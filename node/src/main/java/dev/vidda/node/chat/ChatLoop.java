package dev.vidda.node.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation in the terminal: reads turns, prints answers as they come, remembers both. */
public final class ChatLoop {
    private static final String HELP = """
            /reset   forget the conversation
            /exit    leave (so does Ctrl-D)
            /help    show this
            Ctrl-C breaks off an answer. End a line with \\ to go on in the next.""";

    private final ChatClient client;
    private final String model;
    private final ChatOptions options;
    private final Screen screen;
    private final List<ChatMessage> conversation = new ArrayList<>();

    /**
     * Where a conversation is shown.
     *
     * @param out for answers
     * @param err for all else
     * @param person whether someone types the turns, and so wants a prompt
     * @param statistics whether to show the speed after each answer
     */
    public record Screen(PrintWriter out, PrintWriter err, boolean person, boolean statistics) {}

    public ChatLoop(ChatClient client, String model, ChatOptions options, Screen screen) {
        this.client = client;
        this.model = model;
        this.options = options;
        this.screen = screen;
    }

    /** Reads turns from {@code in} and answers them until its end or {@code /exit}. */
    public void run(BufferedReader in) throws IOException {
        for (String turn = read(in); turn != null; turn = read(in)) {
            switch (turn.strip()) {
                case "" -> {}
                case "/exit", "/quit", "/bye" -> {
                    return;
                }
                case "/reset" -> {
                    conversation.clear();
                    note("conversation forgotten");
                }
                case "/help", "/?" -> note(HELP);
                default -> answerOrExplain(turn);
            }
        }
        if (screen.person()) {
            screen.err().println();
        }
    }

    /**
     * Answers one turn.
     *
     * @throws ChatException if the server refuses it; the turn is forgotten then
     */
    public ChatAnswer answer(String turn) throws IOException {
        conversation.add(new ChatMessage("user", turn));
        ChatAnswer answer;
        try {
            answer = client.ask(model, conversation, options, piece -> {
                screen.out().print(piece);
                screen.out().flush();
            });
        } catch (IOException e) {
            conversation.removeLast();
            throw e;
        }
        screen.out().println();
        screen.out().flush();
        conversation.add(new ChatMessage("assistant", answer.text()));
        if (screen.statistics()) {
            note("[" + answer.summary() + "]");
        }
        return answer;
    }

    private void answerOrExplain(String turn) throws IOException {
        try {
            answer(turn);
        } catch (ChatException e) {
            if (!screen.person()) {
                throw e;
            }
            note("error: " + e.getMessage());
        }
    }

    /** The next turn: a line, and further ones while each ends with a backslash. */
    private @Nullable String read(BufferedReader in) throws IOException {
        prompt("> ");
        String line = in.readLine();
        if (line == null) {
            return null;
        }
        StringBuilder turn = new StringBuilder();
        while (line != null && line.endsWith("\\")) {
            turn.append(line, 0, line.length() - 1).append('\n');
            prompt("  ");
            line = in.readLine();
        }
        return turn.append(line == null ? "" : line).toString();
    }

    private void prompt(String text) {
        if (screen.person()) {
            screen.err().print(text);
            screen.err().flush();
        }
    }

    private void note(String text) {
        screen.err().println(text);
        screen.err().flush();
    }
}
