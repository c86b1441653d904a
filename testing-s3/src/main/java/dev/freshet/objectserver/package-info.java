/** A server of the S3 protocol to test with, in this process. Must not know Freshet. */
@NullMarked
package dev.freshet.objectserver;

import org.jspecify.annotations.NullMarked;
