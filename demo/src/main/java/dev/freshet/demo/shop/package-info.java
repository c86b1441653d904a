/**
 * The shop: its tables, its first customers and products, and the workloads that change them. Knows
 * PostgreSQL by {@code java.sql} only, and nothing of who reads its changes.
 */
@NullMarked
package dev.freshet.demo.shop;

import org.jspecify.annotations.NullMarked;
