package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.scheduler.placement.PrefixIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Routers that send each request on at once, knowing only how many requests they sent where. The worker's own queue does
 * the rest.
 */
final class RouterPolicy implements Policy {
    private final Choice choice;
    private final RouterTuning tuning;
    private final RandomGenerator random;
    private final int blockTokens;
    private final TreeSet<Integer> alive = new TreeSet<>();
    private final List<Integer> order = new ArrayList<>();
    private int[] running = new int[16];
    private long[] tokens = new long[16];
    private int turn;
    /** What the router thinks that workers have, from what it sent there. */
    private final PrefixIndex sent;

    private final List<SimRequest> homeless = new ArrayList<>();

    /** How the worker is chosen. */
    enum Choice {
        ROUND_ROBIN,
        RANDOM,
        LEAST_REQUESTS,
        POWER_OF_TWO,
        PREFIX_AFFINITY,
        LEAST_TOKENS
    }

    RouterPolicy(Choice choice, long seed, WorkerShape shape, RouterTuning tuning) {
        this.choice = choice;
        this.tuning = tuning;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.blockTokens = shape.kvShape().blockTokens();
        // SGLang's tree forgets only beyond 67 million characters for each worker.
        this.sent = new PrefixIndex(Integer.MAX_VALUE);
    }

    @Override
    public void join(int worker, WorkerCard card, long nanos, Sink sink) {
        if (worker >= running.length) {
            running = Arrays.copyOf(running, 2 * worker);
            tokens = Arrays.copyOf(tokens, 2 * worker);
        }
        running[worker] = 0;
        tokens[worker] = 0;
        alive.add(worker);
        order.clear();
        order.addAll(alive);
        List<SimRequest> held = List.copyOf(homeless);
        homeless.clear();
        held.forEach(request -> arrive(request, nanos, sink));
    }

    @Override
    public void leave(int worker, long nanos, Sink sink) {
        alive.remove(worker);
        sent.forget(worker);
        order.clear();
        order.addAll(alive);
    }

    @Override
    public void arrive(SimRequest request, long nanos, Sink sink) {
        if (order.isEmpty()) {
            homeless.add(request);
            return;
        }
        int worker = switch (choice) {
            case ROUND_ROBIN -> order.get(turn++ % order.size());
            case RANDOM -> any();
            case LEAST_REQUESTS -> least();
            case POWER_OF_TWO -> lesser(any(), any());
            case PREFIX_AFFINITY -> affine(request);
            case LEAST_TOKENS -> shortest();
        };
        running[worker]++;
        tokens[worker] += request.promptTokens + request.outputTokens / 2;
        sink.place(request, worker);
    }

    @Override
    public void ended(SimRequest request, long nanos, Sink sink) {
        running[request.worker]--;
        tokens[request.worker] -= request.promptTokens + request.outputTokens / 2;
    }

    @Override
    public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {
        // A router of this kind hears nothing of its workers.
    }

    private int any() {
        return order.get(random.nextInt(order.size()));
    }

    private int lesser(int one, int other) {
        return running[other] < running[one] ? other : one;
    }

    private int least() {
        int start = random.nextInt(order.size());
        int least = order.get(start);
        for (int i = 1; i < order.size(); i++) {
            least = lesser(least, order.get((start + i) % order.size()));
        }
        return least;
    }

    private int shortest() {
        int best = order.getFirst();
        for (int worker : order) {
            best = tokens[worker] < tokens[best] ? worker : best;
        }
        return best;
    }

    private int affine(SimRequest request) {
        int most = 0;
        int fewest = Integer.MAX_VALUE;
        for (int worker : order) {
            most = Math.max(most, running[worker]);
            fewest = Math.min(fewest, running[worker]);
        }
        long[] keys = keys(request);
        boolean isUneven = most - fewest > tuning.balanceAbsolute() && most > tuning.balanceRelative() * fewest;
        int worker = isUneven ? least() : match(keys);
        for (long key : keys) {
            sent.add(worker, key);
        }
        return worker;
    }

    private int match(long[] keys) {
        int best = -1;
        int depth = 0;
        for (int worker : order) {
            int found = sent.depth(worker, keys);
            if (found > depth || (found == depth && best >= 0 && running[worker] < running[best])) {
                best = worker;
                depth = found;
            }
        }
        return best >= 0 && depth > tuning.cacheThreshold() * keys.length ? best : least();
    }

    private long[] keys(SimRequest request) {
        long[] keys = new long[request.length() / blockTokens];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = request.blockName(i, blockTokens);
        }
        return keys;
    }
}
