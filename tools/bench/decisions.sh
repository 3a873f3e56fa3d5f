#!/usr/bin/env bash
# Measures the scheduler's decisions with JMH: 1,000 workers, all full, and 10,000 requests that wait, on one core.
#
#   tools/bench/decisions.sh [OPTIONS OF JMH]      e.g. -p workers=100 -p waiting=1000, or -h
#
# Throughput says how many times a second a request ends and another comes, and (":decisions") how many decisions that makes;
# the sampled times are of both together. "makeEndAndCome" also counts making the request, which in a cluster is up to its
# gateway and the wire. The serial collector works on the same core and counts; the last times are with the collector that
# scheduler nodes have (docs/operations.md, section 2), which has threads of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
for jdk in /usr/lib/jvm/*25*; do
    if [ -x "$jdk/bin/javac" ]; then export JAVA_HOME=$jdk; fi
done
list=$(mktemp)
trap 'rm -f "$list"' EXIT
mvn -q -B -pl scheduler -am -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile="$list" -Dmdep.includeScope=test
jmh=("$JAVA_HOME/bin/java" -cp "scheduler/target/test-classes:scheduler/target/classes:$(cat "$list")" org.openjdk.jmh.Main
    DecisionBenchmark -foe true)
"${jmh[@]}" -bm thrpt "$@"
"${jmh[@]}" -bm sample -tu us -e report "$@"
"${jmh[@]}" -bm sample -tu us -e report -e make -jvmArgsAppend "-XX:+UseZGC -Xms1200m -Xmx1200m -XX:+UseCompactObjectHeaders" "$@"
