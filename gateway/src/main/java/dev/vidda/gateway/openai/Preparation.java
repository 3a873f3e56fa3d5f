package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.MessageStyle;
import dev.vidda.gateway.message.Reasoning;
import dev.vidda.gateway.openai.PreparedRequest.Prompt;
import dev.vidda.gateway.text.GenerationDefaults;
import dev.vidda.protocol.Constraint;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCard;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Turns a request into token ids and sampling parameters for one model: renders and tokenizes prompts, fills in the
 * model's defaults, and bounds the output by the room there is. Everything that can be refused without asking the
 * scheduler is refused here.
 */
public final class Preparation {
    private final ServedModel model;
    private final List<WorkerCard> workers;
    private final int defaultMaxTokens;
    private final LongSupplier seeds;
    private final Timings timings;
    private final Grammars grammars;

    /**
     * @param workers the model's workers; at least one
     * @param defaultMaxTokens tokens for requests that name no limit, where the model's defaults name none either; 0 for
     *     all the room there is
     * @param seeds gives a seed to each request that names none
     */
    public Preparation(ServedModel model, List<WorkerCard> workers, int defaultMaxTokens, LongSupplier seeds) {
        this(model, workers, defaultMaxTokens, seeds, new Timings(() -> 0), new Grammars());
    }

    /**
     * @param timings goes with the request that is prepared
     * @param grammars those of requests before
     */
    public Preparation(
            ServedModel model,
            List<WorkerCard> workers,
            int defaultMaxTokens,
            LongSupplier seeds,
            Timings timings,
            Grammars grammars) {
        if (workers.isEmpty()) {
            throw new IllegalArgumentException("no worker serves " + model.id());
        }
        this.model = model;
        this.workers = List.copyOf(workers);
        this.defaultMaxTokens = defaultMaxTokens;
        this.seeds = seeds;
        this.timings = timings;
        this.grammars = grammars;
    }

    /** Instructions as the chat template renders them, each by itself. */
    public static List<String> instructions(
            ServedModel model, Optional<String> system, List<String> instructions, LocalDateTime now) {
        return instructions.stream()
                .map(instruction -> ChatRendering.instruction(model, system, instruction, now))
                .toList();
    }

    /** The tokens of a chat's prompt. */
    public static int[] tokens(ServedModel model, ChatRequest request, LocalDateTime now) {
        return model.text().tokenizer().encode(ChatRendering.render(model, request, now), request.addSpecialTokens());
    }

    /**
     * @param now what the chat template takes for the time
     * @throws ApiException with status 400 if the request cannot be run
     */
    public PreparedRequest prepare(ChatRequest request, LocalDateTime now) {
        String rendered = ChatRendering.render(model, request, now);
        TokenIds ids = TokenIds.of(model.text().tokenizer().encode(rendered, request.addSpecialTokens()));
        Tools tools = request.tools();
        MessageStyle style = model.dialect()
                .style(
                        rendered,
                        tools.names(),
                        tools.parallel() ? Integer.MAX_VALUE : 1,
                        tools.choice() instanceof Tools.Choice.Named);
        Optional<String> grammar =
                grammars.of(request.common().format(), tools, model.dialect().tools(), style.reasoning());
        return assemble(
                request.common(), new Answer(style, constraint(grammar)), List.of(new Text(ids, "")), "messages");
    }

    /** @throws ApiException with status 400 if the request cannot be run */
    public PreparedRequest prepare(CompletionRequest request) {
        List<Text> prompts = new ArrayList<>();
        for (CompletionRequest.Prompt prompt : request.prompts()) {
            switch (prompt) {
                case CompletionRequest.Prompt.Text text -> {
                    int[] ids = model.text().tokenizer().encode(text.text(), request.addSpecialTokens());
                    prompts.add(new Text(TokenIds.of(ids), request.echo() ? text.text() : ""));
                }
                case CompletionRequest.Prompt.Ids ids -> {
                    checkIds(ids.ids());
                    prompts.add(new Text(ids.ids(), request.echo() ? decode(request, ids.ids()) : ""));
                }
            }
        }
        Optional<String> grammar = grammars.of(request.common().format(), Tools.NONE, Optional.empty(), Reasoning.NONE);
        return assemble(request.common(), new Answer(MessageStyle.PLAIN, constraint(grammar)), prompts, "prompt");
    }

    /** A tokenized prompt, and what its choices begin with. */
    private record Text(TokenIds ids, String echo) {}

    /** How answers are read, and what they must be. */
    private record Answer(MessageStyle style, Optional<Constraint> constraint) {}

    /** Where the grammar lets the text end, the model's own end tokens end it. */
    private Optional<Constraint> constraint(Optional<String> grammar) {
        return grammar.map(text ->
                new Constraint(text, model.text().eosIds().stream().sorted().toList()));
    }

    private PreparedRequest assemble(CommonFields common, Answer answer, List<Text> prompts, String param) {
        Set<Integer> stopTokens = new HashSet<>(common.stop().tokenIds());
        if (!common.stop().ignoreEos()) {
            stopTokens.addAll(model.text().eosIds());
        }
        common.sampling().logitBias().keySet().forEach(id -> checkId(id, "logit_bias"));
        long seed = common.sampling().seed().orElseGet(seeds);
        List<Prompt> prepared = new ArrayList<>(prompts.size());
        for (Text prompt : prompts) {
            TokenIds ids = prompt.ids();
            if (ids.isEmpty()) {
                throw new ApiException(ApiError.invalid(param, "'" + param + "' has no tokens."));
            }
            int maxTokens = maxTokens(
                    common, Room.newTokens(workers, ids.size(), common.output().n(), param));
            prepared.add(new Prompt(ids, sampling(common, stopTokens, maxTokens, seed), prompt.echo()));
        }
        return new PreparedRequest(
                model,
                prepared,
                common.output(),
                common.stop(),
                stopTokens,
                answer.style(),
                answer.constraint(),
                common.user(),
                common.cacheSalt(),
                timings);
    }

    private int maxTokens(CommonFields common, int room) {
        long fallback = model.text()
                .defaults()
                .maxNewTokens()
                .orElse(defaultMaxTokens == 0 ? Integer.MAX_VALUE : defaultMaxTokens);
        long wanted = common.stop()
                .maxTokens()
                .orElse(Math.max(fallback, common.stop().minTokens()));
        return (int) Math.min(wanted, room);
    }

    private Sampling sampling(CommonFields common, Set<Integer> stopTokens, int maxTokens, long seed) {
        SamplingOptions options = common.sampling();
        GenerationDefaults defaults = model.text().defaults();
        return new Sampling(
                (float) options.temperature().orElse(defaults.temperature().orElse(1)),
                options.topK().orElse(Math.max(0, defaults.topK().orElse(0))),
                // 0 means: only the most likely token. The smallest float above 0 says just that.
                Math.max((float) options.topP().orElse(defaults.topP().orElse(1)), Float.MIN_VALUE),
                (float) options.minP().orElse(defaults.minP().orElse(0)),
                (float) options.repetitionPenalty()
                        .orElse(defaults.repetitionPenalty().orElse(1)),
                options.presencePenalty(),
                options.frequencyPenalty(),
                options.logitBias(),
                seed,
                stopTokens.stream().sorted().toList(),
                Math.min(common.stop().minTokens(), maxTokens),
                maxTokens,
                common.output().topLogprobs());
    }

    private String decode(CompletionRequest request, TokenIds ids) {
        return model.text()
                .tokenizer()
                .decode(ids.toArray(), request.common().output().skipSpecialTokens());
    }

    private void checkIds(TokenIds ids) {
        for (int i = 0; i < ids.size(); i++) {
            checkId(ids.get(i), "prompt");
        }
    }

    private void checkId(int id, String param) {
        int size = model.text().tokenizer().vocabSize();
        if (id >= size) {
            throw new ApiException(ApiError.invalid(
                    param,
                    "Token id " + id + " is not in the vocabulary of " + model.id() + ", which has " + size + "."));
        }
    }
}
