package dev.vidda.gateway.openai;

/**
 * What an answer took, in tokens.
 *
 * @param cached of the prompt's, found in the prefix cache
 * @param reasoning of the completion's
 */
public record Usage(int prompt, int completion, int cached, int reasoning) {}
