/**
 * Where files lie: a folder of a local or mounted disk, or what else is a {@link
 * dev.freshet.files.store.FileStore}. Must not know what files hold.
 */
@NullMarked
package dev.freshet.files.store;

import org.jspecify.annotations.NullMarked;
