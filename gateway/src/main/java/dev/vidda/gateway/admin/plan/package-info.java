/**
 * Which model fits onto which GPU, before one is bought: {@link dev.vidda.gateway.admin.plan.Planner} takes a GPU's data
 * sheet and a model's {@code config.json} and says what the memory is for, how many requests run at a time and how fast,
 * at best and as expected. KV memory is counted by the same function that admits requests. Pure.
 */
@NullMarked
package dev.vidda.gateway.admin.plan;

import org.jspecify.annotations.NullMarked;
