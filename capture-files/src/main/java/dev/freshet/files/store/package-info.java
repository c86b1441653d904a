/**
 * Where files lie: today a folder of a local or mounted disk. An object store's prefix would be
 * another {@link dev.freshet.files.store.FileStore}. Must not know what files hold.
 */
@NullMarked
package dev.freshet.files.store;

import org.jspecify.annotations.NullMarked;
