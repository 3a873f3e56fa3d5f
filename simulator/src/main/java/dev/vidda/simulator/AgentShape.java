package dev.vidda.simulator;

/**
 * What sessions of agents are like. A prompt begins with the agent's own instructions and tools, the same for all, then
 * those of a repository, then what this session has seen; each turn adds what a tool or a person said, and the answer.
 *
 * <p>The usual shape follows public figures of coding agents:
 *
 * <ul>
 *   <li>Turns, growth and answers are those of Codex on SWE-bench Pro as vLLM and Mooncake published them ("Serving agentic
 *       workloads at scale with vLLM x Mooncake", 2026): a median of 33 turns, some 80K tokens of context at turn 30, a few
 *       hundred to a few thousand new tokens in a turn, 131 tokens read for each one written.
 *   <li>Instructions and tools have 16K tokens, as in the Claude Code traces of Weka and SemiAnalysis (12.4K of tools and
 *       2.8K to 4.2K of system prompt).
 *   <li>Repositories have 10K tokens of their own, there are 100, of popularity 1 / rank^0.6, and pauses are made of short
 *       ones of tools (mean 5 s, median 2 s) and long ones of people (mean 30 s, median 15 s), as in NVIDIA AIPerf's
 *       agentic-code trace "Inference Day 2026". One pause in ten is a person's, as TraceLab counts them (arXiv 2606.30560).
 * </ul>
 *
 * @param toolTokens the beginning of all prompts
 * @param groups repositories
 * @param groupTokens what follows in all prompts of one repository
 * @param skew repository number r is asked for in proportion to 1 / r^skew
 * @param startTokens mean of what a session begins with beside those
 * @param newTokens mean of what is new in each turn beside the last answer
 * @param answerTokens mean of an answer
 * @param turns mean of a session
 * @param pause how long a session waits after each answer
 * @param forks sessions that one in ten turns begins beside its own, at once, with all its context; 0 for none
 */
public record AgentShape(
        int toolTokens,
        int groups,
        int groupTokens,
        double skew,
        double startTokens,
        double newTokens,
        double answerTokens,
        double turns,
        Pause pause,
        int forks) {
    /**
     * Pauses of two kinds, both log-normal, in seconds.
     *
     * @param personShare of all pauses, those of people
     */
    public record Pause(
            double toolMean, double toolMedian, double personMean, double personMedian, double personShare) {
        double mean() {
            return (1 - personShare) * toolMean + personShare * personMean;
        }

        Pause times(double factor) {
            return new Pause(
                    factor * toolMean, factor * toolMedian, factor * personMean, factor * personMedian, personShare);
        }
    }

    /** Coding agents; see above. */
    public static final AgentShape USUAL =
            new AgentShape(16_384, 100, 10_240, 0.6, 2_000, 1_350, 450, 37, new Pause(5, 2, 30, 15, 0.1), 0);

    /** Short sessions that come back soon: contexts of some thousand tokens, which all caches hold. */
    public static final AgentShape SHORT =
            new AgentShape(0, 32, 2_048, 0, 500, 500, 150, 12, new Pause(3, 2.1, 3, 2.1, 0), 0);

    /** The mean prompt of a request: half of the turns lie before it. */
    public double meanContext() {
        return toolTokens + groupTokens + startTokens + (turns - 1) / 2 * (newTokens + answerTokens);
    }

    /** The same with prompts of that many tokens on average: all parts but the answers grow alike. */
    public AgentShape withContext(double tokens) {
        double answers = (turns - 1) / 2 * answerTokens;
        double factor = (tokens - answers) / (meanContext() - answers);
        if (factor <= 0) {
            throw new IllegalArgumentException(
                    "answers alone make %.0f tokens of context, which is more than %.0f".formatted(answers, tokens));
        }
        return new AgentShape(
                (int) Math.round(factor * toolTokens),
                groups,
                (int) Math.round(factor * groupTokens),
                skew,
                factor * startTokens,
                factor * newTokens,
                answerTokens,
                turns,
                pause,
                forks);
    }

    /** The same with all pauses so many times as long. */
    public AgentShape withPauses(double factor) {
        return new AgentShape(
                toolTokens,
                groups,
                groupTokens,
                skew,
                startTokens,
                newTokens,
                answerTokens,
                turns,
                pause.times(factor),
                forks);
    }

    /** The same with another popularity of repositories. */
    public AgentShape withSkew(double exponent) {
        return new AgentShape(
                toolTokens, groups, groupTokens, exponent, startTokens, newTokens, answerTokens, turns, pause, forks);
    }

    /** The same with so many sessions begun at once by one in ten turns. */
    public AgentShape withForks(int count) {
        return new AgentShape(
                toolTokens, groups, groupTokens, skew, startTokens, newTokens, answerTokens, turns, pause, count);
    }
}
