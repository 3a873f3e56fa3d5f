package dev.vidda.gateway.http;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.anthropic.MessagesRequest;
import dev.vidda.gateway.openai.Json;
import dev.vidda.gateway.openai.TextRequest;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.gateway.text.Tokenizer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** What can be asked about texts without generating any: their tokens, and the text of tokens. */
final class TextEndpoints {
    private final ServedModels models;
    private final RequestPreparation preparation;
    private final BodyReader bodies;
    private final Executor executor;

    TextEndpoints(ServedModels models, RequestPreparation preparation, BodyReader bodies, Executor executor) {
        this.models = models;
        this.preparation = preparation;
        this.bodies = bodies;
        this.executor = executor;
    }

    CompletionStage<HttpResponse> tokenize(Exchange exchange) {
        return answer(exchange, this::tokens);
    }

    CompletionStage<HttpResponse> detokenize(Exchange exchange) {
        return answer(exchange, this::text);
    }

    CompletionStage<HttpResponse> countTokens(Exchange exchange) {
        return answer(
                exchange,
                body -> Json.object()
                        .put("input_tokens", preparation.chatTokens(MessagesRequest.toChat(body, false)).length));
    }

    private CompletionStage<HttpResponse> answer(Exchange exchange, Function<ObjectNode, ObjectNode> answer) {
        GenerationEndpoint.requireJson(exchange);
        return bodies.read(exchange.request())
                .thenCompose(body -> CompletableFuture.supplyAsync(
                        () -> Responses.json(200, answer.apply(Json.object(body))), executor));
    }

    private ObjectNode tokens(ObjectNode body) {
        ServedModels.Target target = models.find(TextRequest.model(body));
        Tokenizer tokenizer = target.model().text().tokenizer();
        int[] ids = body.hasNonNull("messages")
                ? preparation.chatTokens(body)
                : tokenizer.encode(TextRequest.prompt(body), TextRequest.addSpecialTokens(body));
        ObjectNode answer = Json.object().put("count", ids.length).put("max_model_len", target.longestContext());
        ArrayNode tokens = answer.putArray("tokens");
        for (int id : ids) {
            tokens.add(id);
        }
        if (TextRequest.returnTokenStrings(body)) {
            TokenTable table = tokenizer.tokens();
            ArrayNode strings = answer.putArray("token_strs");
            for (int id : ids) {
                strings.add(table.text(id));
            }
        }
        return answer;
    }

    private ObjectNode text(ObjectNode body) {
        Tokenizer tokenizer =
                models.find(TextRequest.model(body)).model().text().tokenizer();
        return Json.object().put("prompt", tokenizer.decode(TextRequest.tokens(body, tokenizer.vocabSize()), false));
    }
}
