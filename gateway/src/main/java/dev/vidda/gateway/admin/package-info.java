/**
 * What operators ask and order. {@link dev.vidda.gateway.admin.CapacityPoll} asks the scheduler again and again and keeps
 * a {@link dev.vidda.gateway.admin.ClusterView} for metrics and health; {@link dev.vidda.gateway.admin.CapacityJson} and
 * {@link dev.vidda.gateway.admin.AdminJson} are the forms that cross HTTP. The routes are in
 * {@code dev.vidda.gateway.http}.
 */
@NullMarked
package dev.vidda.gateway.admin;

import org.jspecify.annotations.NullMarked;
