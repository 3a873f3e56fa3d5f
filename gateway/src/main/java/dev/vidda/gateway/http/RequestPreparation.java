package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.instruct.InstructRequest;
import dev.vidda.gateway.openai.AnswerHead;
import dev.vidda.gateway.openai.ChatRequest;
import dev.vidda.gateway.openai.CompletionRequest;
import dev.vidda.gateway.openai.Grammars;
import dev.vidda.gateway.openai.Preparation;
import dev.vidda.gateway.openai.PreparedRequest;
import dev.vidda.gateway.openai.TextRequest;
import dev.vidda.gateway.openai.Timings;
import dev.vidda.gateway.security.Terms;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.BlockHash;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Turns a request's JSON into what the scheduler and a worker are told, with new ids. Slow for long prompts. */
final class RequestPreparation {
    private final ServedModels models;
    private final GatewaySettings settings;
    private final Clock clock;
    private final Grammars grammars = new Grammars();

    /**
     * A request that can be submitted.
     *
     * @param parts one for each prompt
     */
    record Ready(PreparedRequest request, AnswerHead head, List<Generation.Part> parts) {
        /** Tokens of all prompts. */
        int promptTokens() {
            return parts.stream()
                    .mapToInt(part -> part.admission().promptTokens())
                    .sum();
        }
    }

    RequestPreparation(ServedModels models, GatewaySettings settings, Clock clock) {
        this.models = models;
        this.settings = settings;
        this.clock = clock;
    }

    /** @param terms how it wants to be scheduled */
    Ready prepare(ObjectNode json, Api api, Terms terms) {
        return switch (api) {
            case CHAT, RESPONSES, MESSAGES -> {
                ChatRequest request = ChatRequest.read(json, settings.limits());
                ServedModels.Target target = models.find(request.model());
                yield ready(target, preparation(target).prepare(request, LocalDateTime.now(clock)), api, terms);
            }
            case COMPLETION -> {
                CompletionRequest request = CompletionRequest.read(json, settings.limits());
                ServedModels.Target target = models.find(request.model());
                yield ready(target, preparation(target).prepare(request), api, terms);
            }
        };
    }

    /** @param terms how it wants to be scheduled */
    Ready prepare(InstructRequest request, Terms terms) {
        ServedModels.Target target = models.find(TextRequest.model(request.fields()));
        List<String> prompts = request.raw()
                ? request.prompts()
                : Preparation.instructions(
                        target.model(), request.system(), request.prompts(), LocalDateTime.now(clock));
        CompletionRequest completion = CompletionRequest.read(request.completion(prompts), settings.limits());
        return ready(target, preparation(target).prepare(completion), Api.COMPLETION, terms);
    }

    /** The tokens of a chat's prompt. */
    int[] chatTokens(ObjectNode json) {
        ChatRequest request = ChatRequest.read(json, settings.limits());
        return Preparation.tokens(models.find(request.model()).model(), request, LocalDateTime.now(clock));
    }

    private Preparation preparation(ServedModels.Target target) {
        return new Preparation(
                target.model(),
                target.workers(),
                settings.defaultMaxTokens(),
                ThreadLocalRandom.current()::nextLong,
                new Timings(System::nanoTime),
                grammars);
    }

    private Ready ready(ServedModels.Target target, PreparedRequest request, Api api, Terms terms) {
        String id = api.idPrefix() + UUID.randomUUID().toString().replace("-", "");
        String model = target.model().id();
        AnswerHead head = new AnswerHead(id, clock.instant().getEpochSecond(), model);
        List<Generation.Part> parts = new ArrayList<>();
        for (int i = 0; i < request.prompts().size(); i++) {
            String partId = request.prompts().size() == 1 ? id : id + "-" + i;
            parts.add(part(
                    partId,
                    target.workers().getFirst(),
                    request,
                    request.prompts().get(i),
                    terms));
        }
        return new Ready(request, head, parts);
    }

    private static Generation.Part part(
            String id, WorkerCard worker, PreparedRequest request, PreparedRequest.Prompt prompt, Terms terms) {
        String salt = terms.salt(request.cacheSalt());
        List<BlockHash> hashes = BlockHash.chain(
                worker.model(), salt, prompt.ids(), worker.kvShape().blockTokens());
        AdmissionRequest admission = new AdmissionRequest(
                id,
                worker.model(),
                prompt.ids().size(),
                prompt.sampling().maxTokens(),
                request.samples(),
                terms.tenant(),
                terms.serviceClass(),
                terms.guaranteed(),
                terms.patience(),
                List.of(),
                hashes);
        return new Generation.Part(
                admission,
                new GenerationRequest(
                        id, prompt.ids(), request.samples(), prompt.sampling(), salt, List.of(), request.constraint()));
    }
}
