WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT * FROM n;
WITH RECURSIVE r (a, b) AS (SELECT id, customer_id FROM orders UNION SELECT r.a, o.customer_id FROM r JOIN orders o ON o.id = r.b) SELECT a, COUNT(*) AS n FROM r GROUP BY a;
WITH RECURSIVE r (a, b) AS (SELECT id, customer_id FROM orders UNION SELECT r.a, s.b FROM r JOIN r AS s ON r.b = s.a) SELECT * FROM r;
WITH RECURSIVE r (a) AS (SELECT 1 UNION SELECT o.id FROM orders o WHERE o.customer_id IN (SELECT a FROM r)) SELECT * FROM r;
WITH RECURSIVE r (a, s) AS (SELECT id, priority FROM orders UNION SELECT a, s + CAST(1 AS BIGINT) FROM r WHERE s < 9) SELECT * FROM r;
SELECT o.id, p.title FROM orders o ASOF JOIN order_items p0 MATCH_CONDITION o.amount >= p0.unit_price ON o.id = p0.order_id JOIN products p ON p.id = p0.product_id;
SELECT o.id, c.created_at FROM orders o LEFT ASOF JOIN customers c MATCH_CONDITION o.ordered_at > c.created_at ON o.customer_id = c.id WHERE c.name <> 'x';
SELECT o.id, p.unit_price FROM orders o LEFT ASOF JOIN order_items p MATCH_CONDITION p.unit_price >= o.amount ON o.id = p.order_id
