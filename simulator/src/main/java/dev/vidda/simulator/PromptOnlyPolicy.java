package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One queue, strictly in order of arrival, that hands the head to the worker with most free blocks as soon as its prompt
 * fits there; what answers will need is not reserved, and is taken from others by preemption (as vLLM admits).
 */
final class PromptOnlyPolicy implements Policy {
    private final int blockTokens;
    private final TreeMap<Integer, int[]> free = new TreeMap<>();
    private final TreeMap<Integer, Integer> running = new TreeMap<>();
    private final Deque<SimRequest> queue = new ArrayDeque<>();
    private final WorkerShape shape;

    PromptOnlyPolicy(WorkerShape shape) {
        this.shape = shape;
        this.blockTokens = shape.kvShape().blockTokens();
    }

    @Override
    public void join(int worker, WorkerCard card, long nanos, Sink sink) {
        free.put(worker, new int[] {card.kvBlocks()});
        running.put(worker, 0);
        serve(sink);
    }

    @Override
    public void leave(int worker, long nanos, Sink sink) {
        free.remove(worker);
        running.remove(worker);
    }

    @Override
    public void arrive(SimRequest request, long nanos, Sink sink) {
        queue.add(request);
        serve(sink);
    }

    @Override
    public void ended(SimRequest request, long nanos, Sink sink) {
        int[] left = free.get(request.worker);
        if (left != null) {
            running.merge(request.worker, -1, Integer::sum);
            left[0] = Math.min(shape.kvBlocks(), left[0] + Math.ceilDiv(request.length(), blockTokens));
        }
        serve(sink);
    }

    @Override
    public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {
        int[] left = free.get(worker);
        if (left != null) {
            left[0] = shape.kvBlocks() - report.blocks().used();
            serve(sink);
        }
    }

    @Override
    public int waiting() {
        return queue.size();
    }

    private void serve(Sink sink) {
        while (!queue.isEmpty()) {
            int needed = Math.ceilDiv(queue.peek().length(), blockTokens);
            int best = -1;
            int most = -1;
            for (var entry : free.entrySet()) {
                boolean fits =
                        entry.getValue()[0] >= needed && running.getOrDefault(entry.getKey(), 0) < shape.maxSequences();
                if (fits && entry.getValue()[0] > most) {
                    best = entry.getKey();
                    most = entry.getValue()[0];
                }
            }
            if (best < 0) {
                return;
            }
            Objects.requireNonNull(free.get(best))[0] -= needed;
            running.merge(best, 1, Integer::sum);
            sink.place(queue.poll(), best);
        }
    }
}
