package dev.vidda.protocol;

import akka.actor.typed.receptionist.ServiceKey;

/** Names under which actors are found in the cluster. */
public final class Services {
    /** Every scheduler: workers report to all of them, gateways ask the first one that lives. */
    public static final ServiceKey<SchedulerCommand> SCHEDULER =
            ServiceKey.create(SchedulerCommand.class, "vidda-scheduler");

    /** Every gateway, as one that hears what others let in. */
    public static final ServiceKey<QuotaUse> QUOTAS = ServiceKey.create(QuotaUse.class, "vidda-quotas");

    /** The node of the worker with this id, whether it has a model now or not. */
    public static ServiceKey<WorkerHostCommand> workerHost(String workerId) {
        return ServiceKey.create(WorkerHostCommand.class, "vidda-worker-host-" + workerId);
    }

    private Services() {}
}
