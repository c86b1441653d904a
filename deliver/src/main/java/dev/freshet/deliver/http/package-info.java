/** A sink that posts changes to an address of HTTP. Must not know what the rows mean. */
@NullMarked
package dev.freshet.deliver.http;

import org.jspecify.annotations.NullMarked;
