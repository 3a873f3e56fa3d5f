package dev.vidda.node.cli;

import dev.vidda.simulator.AgentShape;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What simulated coding agents do. */
final class AgentOptions {
    @Option(
            names = "--agents-context",
            paramLabel = "N",
            description = "Mean prompt of the agents' requests, in tokens (default: 60,000, as of coding agents).")
    private @Nullable Integer context;

    @Option(
            names = "--agents-pause",
            paramLabel = "F",
            description = "Their pauses are so many times as long (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private double pause;

    @Option(
            names = "--agents-skew",
            paramLabel = "S",
            description = "Popularity of their repositories: 1 / rank^S (default: 0.6).")
    private @Nullable Double skew;

    @Option(
            names = "--agents-forks",
            paramLabel = "N",
            description = "Sessions that one in ten turns begins at once (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private int forks;

    @Option(names = "--agents-short", description = "Agents with short sessions that come back soon instead.")
    private boolean shortSessions;

    /** @throws IllegalArgumentException naming what is out of bounds */
    AgentShape shape() {
        AgentShape agents = (shortSessions ? AgentShape.SHORT : AgentShape.USUAL)
                .withPauses(notNegative("--agents-pause", pause))
                .withForks((int) notNegative("--agents-forks", forks));
        AgentShape skewed = skew == null ? agents : agents.withSkew(notNegative("--agents-skew", skew));
        return context == null ? skewed : skewed.withContext(context);
    }

    private static double notNegative(String option, double value) {
        if (value >= 0 && Double.isFinite(value)) {
            return value;
        }
        throw new IllegalArgumentException(option + " must be at least 0, was " + value);
    }
}
