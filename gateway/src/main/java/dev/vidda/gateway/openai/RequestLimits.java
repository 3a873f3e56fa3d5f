package dev.vidda.gateway.openai;

/**
 * What one request may ask for at most.
 *
 * @param choices choices for each prompt
 * @param prompts prompts in one text completion
 * @param messages messages in one chat
 */
public record RequestLimits(int choices, int prompts, int messages) {}
