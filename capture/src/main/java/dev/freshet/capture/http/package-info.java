/**
 * The source of rows that senders post: each request is one transaction of the log, answered when
 * it is durable. A request with an idempotency key is written once, however often it comes. Must
 * not know HTTP itself, nor the log.
 */
@NullMarked
package dev.freshet.capture.http;

import org.jspecify.annotations.NullMarked;
