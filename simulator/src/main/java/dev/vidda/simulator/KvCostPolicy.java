package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.scheduler.placement.PrefixIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A router that sends each request on at once to where its prompt costs least: the blocks of prompts that a worker has to
 * compute, this one's with them, and those that its sequences hold, both counted alike (as NVIDIA Dynamo's KV router, with
 * its overlap weight of 1 and no temperature). What workers have cached is known from their events, and from what was sent
 * there.
 */
final class KvCostPolicy implements Policy {
    private static final int STRIDE = StridePool.STRIDE_BLOCKS;

    private final int blockTokens;
    private final double overlapWeight;
    private final PrefixIndex cached = new PrefixIndex(Integer.MAX_VALUE);
    private final TreeMap<Integer, Load> workers = new TreeMap<>();
    private final Map<SimRequest, Sent> sent = new HashMap<>();
    private final List<SimRequest> homeless = new ArrayList<>();

    /** What a worker has to do, in blocks. */
    private static final class Load {
        private final Map<Long, Integer> held = new HashMap<>();
        private long own;
        private long prefill;
    }

    /** What a request counts as where it was sent. */
    private static final class Sent {
        private final long[] keys;
        private final int own;
        private long prefill;

        private Sent(long[] keys, int own, long prefill) {
            this.keys = keys;
            this.own = own;
            this.prefill = prefill;
        }
    }

    KvCostPolicy(WorkerShape shape, double overlapWeight) {
        this.overlapWeight = overlapWeight;
        this.blockTokens = shape.kvShape().blockTokens();
    }

    @Override
    public void join(int worker, WorkerCard card, long nanos, Sink sink) {
        workers.put(worker, new Load());
        List<SimRequest> held = List.copyOf(homeless);
        homeless.clear();
        held.forEach(request -> arrive(request, nanos, sink));
    }

    @Override
    public void leave(int worker, long nanos, Sink sink) {
        workers.remove(worker);
        cached.forget(worker);
    }

    @Override
    public void arrive(SimRequest request, long nanos, Sink sink) {
        if (workers.isEmpty()) {
            homeless.add(request);
            return;
        }
        long[] keys = new long[request.length() / blockTokens];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = request.blockName(i, blockTokens);
        }
        int blocks = Math.ceilDiv(request.length(), blockTokens);
        int best = -1;
        double least = Double.MAX_VALUE;
        long missing = 0;
        for (Map.Entry<Integer, Load> entry : workers.entrySet()) {
            Load load = entry.getValue();
            long prefill = (long) blocks - cached.depth(entry.getKey(), keys);
            double cost = overlapWeight * (load.prefill + prefill)
                    + load.own
                    + (double) STRIDE * load.held.size()
                    + blocks
                    - (double) STRIDE * sharedStrides(load, keys);
            if (cost < least) {
                least = cost;
                best = entry.getKey();
                missing = prefill;
            }
        }
        send(request, best, keys, missing);
        sink.place(request, best);
    }

    private void send(SimRequest request, int worker, long[] keys, long prefill) {
        Load load = Objects.requireNonNull(workers.get(worker));
        int strides = keys.length / STRIDE;
        Sent what = new Sent(keys, Math.ceilDiv(request.length(), blockTokens) - strides * STRIDE, prefill);
        load.prefill += prefill;
        load.own += what.own;
        for (int i = 0; i < strides; i++) {
            load.held.merge(keys[(i + 1) * STRIDE - 1], 1, Integer::sum);
        }
        for (long key : keys) {
            cached.add(worker, key);
        }
        sent.put(request, what);
    }

    /** Strides are held from the first on, so how many are found by bisection. */
    private static int sharedStrides(Load load, long[] keys) {
        int least = 0;
        int most = keys.length / STRIDE;
        while (least < most) {
            int middle = (least + most + 1) >>> 1;
            if (load.held.containsKey(keys[middle * STRIDE - 1])) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        return least;
    }

    @Override
    public void firstToken(SimRequest request) {
        Sent what = sent.get(request);
        Load load = workers.get(request.worker);
        if (what != null && load != null) {
            load.prefill -= what.prefill;
            what.prefill = 0;
        }
    }

    @Override
    public void ended(SimRequest request, long nanos, Sink sink) {
        firstToken(request);
        Sent what = sent.remove(request);
        Load load = workers.get(request.worker);
        if (what == null || load == null) {
            return;
        }
        load.own -= what.own;
        for (int i = 0; i < what.keys.length / STRIDE; i++) {
            load.held.computeIfPresent(what.keys[(i + 1) * STRIDE - 1], (key, count) -> count == 1 ? null : count - 1);
        }
    }

    @Override
    public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {
        if (workers.containsKey(worker)) {
            cached.apply(worker, changes);
        }
    }
}
