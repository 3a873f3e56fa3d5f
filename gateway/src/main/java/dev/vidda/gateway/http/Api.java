package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.anthropic.MessagesRequest;
import dev.vidda.gateway.anthropic.MessagesWriter;
import dev.vidda.gateway.openai.AnswerBody;
import dev.vidda.gateway.openai.AnswerHead;
import dev.vidda.gateway.openai.AnswerStream;
import dev.vidda.gateway.openai.EventAnswer;
import dev.vidda.gateway.openai.PreparedRequest;
import dev.vidda.gateway.openai.StreamAnswer;
import dev.vidda.gateway.openai.WholeAnswer;
import dev.vidda.gateway.responses.ResponsesRequest;
import dev.vidda.gateway.responses.ResponsesWriter;

/** The ways in which generation can be asked for. All but text completions are chats in the end. */
enum Api {
    CHAT("chatcmpl-"),
    COMPLETION("cmpl-"),
    RESPONSES("resp_"),
    MESSAGES("msg_");

    private final String idPrefix;

    Api(String idPrefix) {
        this.idPrefix = idPrefix;
    }

    String idPrefix() {
        return idPrefix;
    }

    /** The request in the form of {@code /v1/chat/completions}, or of {@code /v1/completions}. */
    ObjectNode translated(ObjectNode body) {
        return switch (this) {
            case CHAT, COMPLETION -> body;
            case RESPONSES -> ResponsesRequest.toChat(body);
            case MESSAGES -> MessagesRequest.toChat(body, true);
        };
    }

    AnswerStream stream(PreparedRequest request, AnswerHead head, ObjectNode body) {
        return switch (this) {
            case CHAT -> StreamAnswer.chat(request, head);
            case COMPLETION -> StreamAnswer.completion(request, head);
            case RESPONSES, MESSAGES -> events(request, head, body);
        };
    }

    AnswerBody whole(PreparedRequest request, AnswerHead head, ObjectNode body) {
        return switch (this) {
            case CHAT -> WholeAnswer.chat(request, head);
            case COMPLETION -> WholeAnswer.completion(request, head);
            case RESPONSES, MESSAGES -> events(request, head, body);
        };
    }

    private EventAnswer events(PreparedRequest request, AnswerHead head, ObjectNode body) {
        return this == RESPONSES
                ? new EventAnswer(request, request.streaming(), sink -> new ResponsesWriter(head, body, sink))
                : new EventAnswer(request, request.streaming(), sink -> new MessagesWriter(head, sink));
    }
}
