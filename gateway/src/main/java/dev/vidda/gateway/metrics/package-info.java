/**
 * What monitoring sees: {@link dev.vidda.gateway.metrics.RequestMetrics} counts this gateway's requests as they happen,
 * {@link dev.vidda.gateway.metrics.ClusterMetrics} shows the workers' last reports. Names and labels of {@code vllm:}
 * metrics are vLLM's, so that dashboards, autoscalers and routers made for it work; ours begin with {@code vidda_}. No
 * label ever has a value that a client chose.
 */
@NullMarked
package dev.vidda.gateway.metrics;

import org.jspecify.annotations.NullMarked;
