SELECT customer_id, VAR_POP(amount), STDDEV(DISTINCT priority), BOOL_OR(amount > 1), ANY_VALUE(state) FROM orders GROUP BY customer_id;
SELECT ARG_MAX(state, amount), LISTAGG(DISTINCT state, '; ') WITHIN GROUP (ORDER BY id DESC) FROM orders;
SELECT ARRAY_AGG(priority ORDER BY due), ARRAY_AGG(priority) IGNORE NULLS, MEDIAN(amount) FROM orders;
SELECT PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY amount DESC), APPROX_COUNT_DISTINCT(state) FROM orders;
SELECT state, customer_id, GROUPING_ID(state, customer_id), LISTAGG(state) FILTER (WHERE amount > 1) FROM orders GROUP BY ROLLUP (state, customer_id);
SELECT id, (SELECT name FROM customers AS c WHERE c.id = o.customer_id) FROM orders AS o;
SELECT JSON_ARRAYAGG(state ORDER BY id), JSON_OBJECTAGG(KEY state VALUE amount ABSENT ON NULL) FROM orders;
SELECT id FROM orders INTERSECT ALL SELECT id FROM customers EXCEPT ALL SELECT priority FROM orders;
SELECT c.id, tag FROM customers AS c CROSS JOIN UNNEST(c.tags) AS t (tag) WHERE tag <> 'x';
SELECT c.id, tag, place FROM customers AS c LEFT JOIN UNNEST(c.tags) WITH ORDINALITY AS t (tag, place) ON TRUE;
SELECT * FROM (SELECT state, priority, amount FROM orders) PIVOT (SUM(amount) FOR state IN ('paid' AS paid, 'open' AS open));
SELECT n FROM (SELECT COUNT(*) AS n FROM orders GROUP BY CUBE (state)) WHERE 1 > 2;
SELECT n FROM (SELECT state, COUNT(*) AS n FROM orders GROUP BY state) WHERE state = 'paid'
