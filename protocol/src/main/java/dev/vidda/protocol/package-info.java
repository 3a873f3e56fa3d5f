/**
 * What crosses nodes, grouped by receiver: {@link dev.vidda.protocol.SchedulerCommand} and its replies
 * {@link dev.vidda.protocol.AdmissionReply}, {@link dev.vidda.protocol.WorkerCommand}, and the
 * {@link dev.vidda.protocol.TokenFrame} that workers send to gateways.
 *
 * <p>A request travels as {@code Admit -> Admitted -> Start -> TokenFrame*}: the prompt itself goes from the
 * gateway to the worker only, so what the scheduler handles stays small.
 */
@NullMarked
package dev.vidda.protocol;

import org.jspecify.annotations.NullMarked;
