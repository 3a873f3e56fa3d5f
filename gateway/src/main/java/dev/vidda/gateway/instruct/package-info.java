/**
 * {@code POST /v1/qwen3/instruct}, for programs that send many prompts: text in, text out, nothing around it.
 * {@link dev.vidda.gateway.instruct.InstructRequest} reads query and body,
 * {@link dev.vidda.gateway.instruct.InstructAnswer} writes text or frames. Pure.
 */
@NullMarked
package dev.vidda.gateway.instruct;

import org.jspecify.annotations.NullMarked;
