/**
 * A real MariaDB server for tests. Must not know Freshet, and is in no class path of the product.
 */
@NullMarked
package dev.freshet.mariadb;

import org.jspecify.annotations.NullMarked;
