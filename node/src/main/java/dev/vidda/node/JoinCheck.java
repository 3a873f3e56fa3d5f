package dev.vidda.node;

import akka.cluster.ConfigValidation;
import akka.cluster.Invalid;
import akka.cluster.JoinConfigCompatChecker;
import akka.cluster.Valid$;
import akka.japi.Util;
import com.typesafe.config.Config;
import dev.vidda.protocol.WireVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import scala.collection.immutable.Seq;

/**
 * Keeps nodes apart that could not read each other's messages. Akka makes one in each node, lets the node that is asked to take
 * another one in look at that one's settings, and then the one that wants in at the settings of the other.
 */
public final class JoinCheck extends JoinConfigCompatChecker {
    private static final String WRITTEN = "vidda-wire.written";
    private static final String OLDEST = "vidda-wire.oldest";
    private static final String RELEASE = "vidda-wire.release";
    /** Nodes of before there were versions. */
    private static final int FIRST = 1;

    /** Akka makes the check by its name, and gives no way to get at it: so what it found is kept here. */
    private static final AtomicReference<String> REFUSAL = new AtomicReference<>(
            "they cannot read what Vidda " + Release.current() + " writes, or other settings of the"
                    + " cluster differ; the log of the node that was asked says which. Upgrade one release at a time");

    /** What Akka must be told so that nodes check each other. */
    static Map<String, Object> settings(WireVersion version, String release) {
        return Map.of(
                "akka.cluster.app-version",
                release,
                "akka.cluster.configuration-compatibility-check.checkers.vidda-wire",
                JoinCheck.class.getName(),
                WRITTEN,
                version.written(),
                OLDEST,
                version.oldest(),
                RELEASE,
                release);
    }

    /** Why this node may not join, after it was told so. */
    static String refusal() {
        return REFUSAL.get();
    }

    @Override
    public Seq<String> requiredKeys() {
        return Util.immutableSeq(List.of(WRITTEN, OLDEST, RELEASE));
    }

    @Override
    public ConfigValidation check(Config other, Config own) {
        int written = other.hasPath(WRITTEN) ? other.getInt(WRITTEN) : FIRST;
        WireVersion here = new WireVersion(own.getInt(WRITTEN), own.getInt(OLDEST));
        if (here.reads(written)) {
            return Valid$.MODULE$;
        }
        String release = other.hasPath(RELEASE) ? other.getString(RELEASE) : "of before that";
        String reason = "Vidda " + release + " writes wire version " + written + ", but Vidda " + own.getString(RELEASE)
                + " reads version " + here.oldest() + " and later. Upgrade one release at a time";
        REFUSAL.set(reason);
        return new Invalid(Util.immutableSeq(List.of(reason)));
    }
}
