/** Status and answers as plain text, for terminals. Must not know any protocol. */
@NullMarked
package dev.freshet.serve.text;

import org.jspecify.annotations.NullMarked;
