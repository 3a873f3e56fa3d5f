package dev.vidda.simulator;

import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import java.util.random.RandomGenerator;

/**
 * Draws the sessions of agents. A turn comes when the one before has ended in as much time as the targets allow, and its
 * pause is over, whatever becomes of it: all policies get the same requests at the same times.
 *
 * <p>Sessions begin at random, in so far as their turns make the rate. Those under way at the start appear one after the
 * other and find nothing of theirs in any cache, which is why the first minutes are not measured.
 */
final class AgentSessions {
    /** The time to a first token, and that between two, that a turn is expected to take. */
    private static final double TTFT_SECONDS = 1;

    private static final double SECONDS_PER_TOKEN = 0.05;
    /** Mean times between two turns of a session over which those under way appear, and after which all counts. */
    private static final double RAMP_TURNS = 4;

    private static final double WARM_UP_TURNS = 6;

    private static final double FORK_SHARE = 0.1;
    private static final int FORK_TURNS = 4;
    private static final int LEAST_TURNS = 3;
    private static final int MOST_TURNS = 120;
    private static final double TURNS_SIGMA = 0.5;
    private static final double TOKENS_SIGMA = 1.15;
    private static final double ANSWER_SIGMA = 0.67;
    private static final int ANSWER_LIMIT = 4_096;
    private static final int NEW_LIMIT = 50_000;
    private static final int PROMPT_LIMIT = 200_000;

    private final AgentShape shape;
    private final RandomGenerator random;
    private final TraceGenerator.Sink sink;
    private final double cycle;
    private final double end;
    private final double[] popularity;
    private long texts = 1_000_000;

    /** @param seconds that count, after the warm-up */
    AgentSessions(AgentShape shape, RandomGenerator random, double seconds, TraceGenerator.Sink sink) {
        this.shape = shape;
        this.random = random;
        this.sink = sink;
        this.cycle = TTFT_SECONDS
                + SECONDS_PER_TOKEN * shape.answerTokens()
                + shape.pause().mean();
        this.end = warmUpSeconds() + seconds;
        this.popularity = new double[shape.groups()];
        double sum = 0;
        for (int i = 0; i < popularity.length; i++) {
            sum += Math.pow(i + 1.0, -shape.skew());
            popularity[i] = sum;
        }
    }

    double warmUpSeconds() {
        return WARM_UP_TURNS * cycle;
    }

    /** Draws all sessions of so many requests a second. */
    void draw(double rate) {
        double forked = shape.forks() * FORK_SHARE * FORK_TURNS;
        double perSecond = rate / (shape.turns() * (1 + forked));
        double lead = MOST_TURNS * cycle;
        for (double at = random.nextExponential() / perSecond - lead;
                at < end;
                at += random.nextExponential() / perSecond) {
            double visible = at < 0 ? random.nextDouble() * RAMP_TURNS * cycle : at;
            int turns = lengthOf(shape.turns(), TURNS_SIGMA, LEAST_TURNS, MOST_TURNS);
            int shared = shape.toolTokens() + shape.groupTokens();
            Text group = Text.alone(0).then(1 + group(), shape.toolTokens());
            int prompt = shared + lengthOf(shape.startTokens(), TOKENS_SIGMA, 32, NEW_LIMIT);
            session(at, visible, turns, group.then(texts++, shared), prompt, true);
        }
    }

    private void session(double begin, double visible, int turns, Text text, int first, boolean forks) {
        double at = begin;
        int prompt = first;
        for (int turn = 0; turn < turns && prompt < PROMPT_LIMIT && at < end; turn++) {
            prompt += lengthOf(shape.newTokens(), TOKENS_SIGMA, 16, NEW_LIMIT);
            int output = lengthOf(shape.answerTokens(), ANSWER_SIGMA, 16, ANSWER_LIMIT);
            if (at >= visible) {
                sink.arrive(at, request(text, prompt, output));
            }
            prompt += output;
            at += TTFT_SECONDS + SECONDS_PER_TOKEN * output + pause();
            if (forks && shape.forks() > 0 && random.nextDouble() < FORK_SHARE) {
                for (int i = 0; i < shape.forks(); i++) {
                    session(at, Math.max(at, visible), FORK_TURNS, text.then(texts++, prompt), prompt, false);
                }
            }
        }
    }

    private SimRequest.Shape request(Text text, int prompt, int output) {
        return new SimRequest.Shape(prompt, output, ANSWER_LIMIT, Tenant.ANYONE, ServiceClass.STANDARD, text);
    }

    private int group() {
        double drawn = random.nextDouble() * popularity[popularity.length - 1];
        int group = 0;
        while (popularity[group] <= drawn) {
            group++;
        }
        return group;
    }

    private double pause() {
        AgentShape.Pause pause = shape.pause();
        return random.nextDouble() < pause.personShare()
                ? secondsOf(pause.personMean(), pause.personMedian())
                : secondsOf(pause.toolMean(), pause.toolMedian());
    }

    private double secondsOf(double mean, double median) {
        return median * Math.exp(Math.sqrt(2 * Math.log(mean / median)) * random.nextGaussian());
    }

    private int lengthOf(double mean, double sigma, int least, int most) {
        double drawn = Math.exp(Math.log(mean) - sigma * sigma / 2 + sigma * random.nextGaussian());
        return (int) Math.clamp(Math.round(drawn), least, most);
    }
}
