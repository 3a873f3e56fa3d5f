package dev.vidda.gateway.admin.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** A plan as {@code GET /admin/plan} gives it. */
public final class PlanJson {
    private PlanJson() {}

    /** All of it; bytes are those of one GPU. */
    public static ObjectNode of(Plan plan) {
        PlanRequest request = plan.request();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("gpu", request.gpu().name());
        node.put("gpus", request.gpus());
        node.put("model", request.model().name());
        node.put("parameters", request.model().parameters());
        node.put("dtype", request.precision().name().toLowerCase(Locale.ROOT));
        node.put("context", request.context());
        node.put("concurrency", request.concurrency());
        node.put("fits", plan.fits());
        if (plan.fits()) {
            node.putNull("whyNot");
        } else {
            node.put("whyNot", plan.whyNot());
        }
        ArrayNode notYet = node.putArray("notServedYet");
        request.notServedYet().forEach(notYet::add);
        node.putObject("memory")
                .put("total", request.gpu().memoryBytes())
                .put("weights", plan.weights())
                .put("workspace", plan.workspace())
                .put("kvPool", plan.kvPool())
                .put("kvNeeded", plan.kvNeeded())
                .put("kvBytesPerToken", Planner.shape(request).bytesPerToken());
        node.putObject("blocks")
                .put("total", plan.blocks())
                .put("each", plan.blocksEach())
                .put("tokensEach", request.model().kv().blockTokens());
        node.put("largestBatch", plan.largestBatch());
        node.put("longestContext", plan.longestContext());
        ObjectNode speed = node.putObject("speed").put("batch", plan.batch());
        speed.set("roofline", decode(plan.roofline(), plan.prefillRoofline()));
        speed.set("expected", decode(plan.expected(), plan.prefillExpected()));
        speed.put("ttftExpectedMillis", Math.round(plan.ttftExpected() * 1e3));
        return node;
    }

    private static ObjectNode decode(Plan.Decode decode, double prefill) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("itlMillis", Math.round(decode.millis() * 1e3) / 1e3)
                .put("tokensPerSecond", Math.round(decode.tokensPerSecond()))
                .put("prefillTokensPerSecond", Math.round(prefill));
    }
}
