package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.constraint.Constraints;
import dev.vidda.worker.constraint.TokenConstraint;
import dev.vidda.worker.step.ModelRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a sequence of each sample that a request has to run. */
final class Intake {
    private final RequestCheck check;
    private final String model;
    private final int blockTokens;
    private final Constraints constraints;
    private long arrivals;

    /** @param model the model's name, which keeps its blocks' hashes apart from those of other models */
    Intake(ModelRunner runner, String model, Constraints constraints) {
        check = new RequestCheck(runner);
        this.model = model;
        blockTokens = runner.kvShape().blockTokens();
        this.constraints = constraints;
    }

    /** Why the request can never run. */
    Optional<String> problem(GenerationRequest request) {
        return check.problem(request);
    }

    /**
     * The sequences of a request that has no {@link #problem}, and arrives with this call.
     *
     * @param guaranteed whether they keep their blocks from their start to their end
     * @throws IllegalArgumentException saying what is wrong with its grammar
     */
    SequenceGroup sequences(GenerationRequest request, boolean guaranteed) {
        BlockHash root = BlockHash.root(model, request.cacheSalt());
        long arrival = arrivals++;
        List<Sequence> samples = new ArrayList<>(request.openSamples());
        for (Continuation sample : Engine.openSamples(request).toList()) {
            TokenConstraint constraint =
                    request.constraint().map(constraints::of).orElse(null);
            samples.add(
                    new Sequence(request, sample, arrival, check.lengthLimit(request), root, blockTokens, constraint));
        }
        if (guaranteed) {
            samples.forEach(Sequence::guarantee);
        }
        return new SequenceGroup(samples);
    }
}
