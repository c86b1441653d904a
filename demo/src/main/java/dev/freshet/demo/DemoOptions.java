package dev.freshet.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * @param project the folder of the example
 * @param rate row changes a second; 0 for as many as the database takes
 * @param duration after which the demo stops and proves its result; zero runs until interrupted
 * @param seed of the workload
 * @param port of the web page; 0 for any free one
 */
public record DemoOptions(Path project, int rate, Duration duration, long seed, int port) {}
