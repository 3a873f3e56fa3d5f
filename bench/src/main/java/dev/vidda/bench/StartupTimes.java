package dev.vidda.bench;

/**
 * One start of a server, in milliseconds since its process was started; the last one since it was asked to stop.
 *
 * @param listening until its port took a connection
 * @param ready until {@code /health} said 200
 * @param firstToken until the first text of a streamed chat, asked for as soon as it was ready
 * @param stop until the process had ended
 */
record StartupTimes(double listening, double ready, double firstToken, double stop) {}
