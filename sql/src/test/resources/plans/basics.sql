SELECT * FROM orders;
SELECT id, amount * 2 AS twice, amount + priority AS mixed, priority / 2 AS half FROM orders WHERE state = 'paid' AND amount > 100;
SELECT o.id, c.name FROM orders o JOIN customers c ON o.customer_id = c.id WHERE c.country = 'DE' AND o.amount > 10;
SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.state <> 'open' AND o.amount > c.id;
SELECT country, COUNT(*) AS n, SUM(o.amount) AS revenue, AVG(o.amount) AS mean, MIN(priority) lo, MAX(priority) hi FROM orders o JOIN customers c ON o.customer_id = c.id GROUP BY country HAVING COUNT(*) > 1;
SELECT window_start AS minute, state, SUM(amount) AS revenue FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, state;
SELECT * FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(at), INTERVAL '1' HOUR, INTERVAL '15' MINUTE));
SELECT DISTINCT state FROM orders;
SELECT id FROM orders UNION ALL SELECT id FROM customers;
SELECT id FROM orders UNION SELECT order_id FROM order_items;
SELECT id, amount FROM orders ORDER BY amount DESC LIMIT 10;
SELECT id FROM orders ORDER BY ordered_at DESC, id;
SELECT id FROM orders ORDER BY amount DESC OFFSET 5 ROWS FETCH NEXT 3 ROWS ONLY;
SELECT id, customer_id, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY amount DESC) AS rn FROM orders) WHERE rn <= 3;
WITH paid AS (SELECT * FROM orders WHERE state = 'paid'), big AS (SELECT * FROM paid WHERE amount > 1000) SELECT customer_id, COUNT(*) AS n FROM big GROUP BY customer_id;
SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t (x, y);
SELECT CASE WHEN amount > 100 THEN 'big' WHEN amount > 10 THEN 'medium' ELSE 'small' END AS size, COALESCE(priority, 0) AS p, NULLIF(state, 'x') AS s FROM orders
