/**
 * The HTTP interface over the backend. The only user of the HTTP library. Must not know what stands
 * behind the backend.
 */
@NullMarked
package dev.freshet.serve.http;

import org.jspecify.annotations.NullMarked;
