package dev.vidda.node.config;

import java.util.List;
import java.util.stream.Collectors;

/** A node cannot be started with this configuration; the message has a line for each problem. */
public final class InvalidConfiguration extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public InvalidConfiguration(Problem problem) {
        super(problem.line());
        this.problems = List.of(problem);
    }

    public InvalidConfiguration(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    public InvalidConfiguration(List<Problem> problems, Throwable cause) {
        super(message(problems), cause);
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String message(List<Problem> problems) {
        return problems.stream().map(Problem::line).collect(Collectors.joining("\n"));
    }
}
