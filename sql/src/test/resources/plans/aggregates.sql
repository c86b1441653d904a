SELECT customer_id, VAR_POP(amount), STDDEV(DISTINCT priority), BOOL_OR(amount > 1), ANY_VALUE(state) FROM orders GROUP BY customer_id;
SELECT ARG_MAX(state, amount), LISTAGG(DISTINCT state, '; ') WITHIN GROUP (ORDER BY id DESC) FROM orders;
SELECT ARRAY_AGG(priority ORDER BY due), ARRAY_AGG(priority) IGNORE NULLS, MEDIAN(amount) FROM orders;
SELECT PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY amount DESC), APPROX_COUNT_DISTINCT(state) FROM orders;
SELECT state, customer_id, GROUPING_ID(state, customer_id), LISTAGG(state) FILTER (WHERE amount > 1) FROM orders GROUP BY ROLLUP (state, customer_id);
SELECT id, (SELECT name FROM customers AS c WHERE c.id = o.customer_id) FROM orders AS o;
SELECT JSON_ARRAYAGG(state ORDER BY id), JSON_OBJECTAGG(KEY state VALUE amount ABSENT ON NULL) FROM orders
