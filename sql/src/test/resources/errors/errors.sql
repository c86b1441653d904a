SELECT foo FROM orders
---
SELECT amount
FROM orders
WHERE amuont > 5
---
SELECT id FROM ordrs
---
SELECT o.x FROM orders o
---
SELECT z.id FROM orders o
---
SELECT id FROM orders, customers
---
SELECT id FROM order
---
SELECT id AS select FROM orders
---
SELECT id FROM orders WHERE
---
SELECT id FROM orders GROUP BY
---
SELECT 'a FROM orders
---
SELECT id FROM orders; SELECT 1
---
SELECT id FROM orders WHERE # = 1
---
SELECT id, FROM orders
---

---
INSERT INTO orders VALUES (1)
---
SELECT UPER(state) FROM orders
---
SELECT MODE(amount) FROM orders
---
SELECT SPLIT_INDEX(state) FROM orders
---
SELECT SUM(state) FROM orders
---
SELECT id + state FROM orders
---
SELECT amount + due FROM orders
---
SELECT id FROM orders WHERE amount
---
SELECT id, SUM(amount) FROM orders GROUP BY state
---
SELECT id FROM orders WHERE SUM(amount) > 5
---
SELECT id FROM orders UNION SELECT id, state FROM orders
---
SELECT id FROM orders WHERE id IN (SELECT id, state FROM orders)
---
SELECT CAST(id AS FOO) FROM orders
---
SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordred_at), INTERVAL '1' MINUTE))
---
SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(id), INTERVAL '1' MINUTE))
---
SELECT * FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '2' MINUTE, INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' SECOND, INTERVAL '5' DAY))
---
SELECT * FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '0' MINUTE, INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MONTH))
---
SELECT * FROM TABLE(SESSION(TABLE orders PARTITION BY custmer_id, DESCRIPTOR(ordered_at), INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(SESSION(TABLE orders PARTITION BY id + 1, DESCRIPTOR(ordered_at), INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(SESSION(TABLE orders PARTITION BY customer_id ORDER BY id, DESCRIPTOR(ordered_at), INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(SESSION(TABLE orders PARTITION BY customer_id, DESCRIPTOR(state), INTERVAL '5' MINUTE))
---
SELECT * FROM TABLE(SESSION(TABLE orders, DESCRIPTOR(ordered_at)))
---
SELECT COUNT(*) FROM orders GROUP BY HOP(ordered_at, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)
---
SELECT CURRENT_TIMESTAMP FROM orders
---
SELECT NOW() FROM orders
---
SELECT RAND() FROM orders
---
SELECT COUNT(DISTINCT state) OVER (ORDER BY id) FROM orders
---
SELECT LAG(amount, id) OVER (ORDER BY id) FROM orders
---
SELECT NTILE(0) OVER (ORDER BY id) FROM orders
---
SELECT RANK() FROM orders
---
SELECT RANK() OVER (PARTITION BY state) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY state RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id, state RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY ordered_at RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY due RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id ROWS id PRECEDING) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id ROWS 2 PRECEDING EXCLUDE CURRENT ROW) FROM orders
---
SELECT SUM(amount) OVER (ORDER BY id GROUPS 2 PRECEDING) FROM orders
---
SELECT SUM(RANK() OVER (ORDER BY id)) OVER (ORDER BY id) FROM orders
---
SELECT id FROM orders WHERE ROW_NUMBER() OVER (ORDER BY id) < 3
---
SELECT SUM(amount) OVER w FROM orders
---
WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT MAX(n) + 1 FROM r) SELECT * FROM r
---
SELECT id FROM orders ORDER BY amount LIMIT 2.5
---
SELECT MULTISET['a'] FROM orders
---
SELECT ARRAY[1, DATE '2026-01-01'] FROM orders
---
SELECT (ordered_at - ordered_at) DAY FROM orders
---
SELECT * FROM orders FOR SYSTEM_TIME AS OF TIMESTAMP '2020-01-01 00:00:00'
---
SELECT id FROM orders WHERE state SIMILAR TO state
---
SELECT JSON_VALUE(profile, name) FROM customers
---
SELECT JSON_VALUE(profile, '$.a' ERROR ON ERROR) FROM customers
---
SELECT CEIL(ordered_at TO CENTURY) FROM orders
---
SELECT SHA2(state, 100) FROM orders
---
SELECT TO_TIMESTAMP_LTZ(id, 6) FROM orders
---
SELECT EXTRACT(CENTURY FROM ordered_at) FROM orders
---
SELECT id FROM orders TABLESAMPLE BERNOULLI(10)
---
SELECT id FROM orders HAVING id > 1
---
SELECT CAST(id AS INTERVAL DAY) FROM orders
---
SELECT id FROM orders ORDER BY foo
---
SELECT id FROM (SELECT id AS x FROM orders)
---
SELECT id FROM orders WHERE tags[1] = 'a'
---
SELECT name[1] FROM customers
---
SELECT id FROM orders NATURAL JOIN nothing
---
SELECT id FROM orders JOIN customers USING (foo)
---
SELECT DATE '2026-13-01' FROM orders
---
SELECT INTERVAL '1' FORTNIGHT FROM orders
---
SELECT CASE WHEN 1 THEN 2 END FROM orders
---
SELECT 99999999999999999999999999999999999999999 FROM orders
---
SELECT SUM(SUM(amount)) FROM orders
---
SELECT id FROM orders o WHERE priority NOT IN (SELECT quantity FROM order_items i WHERE i.order_id = o.customer_id)
---
SELECT id, priority IN (SELECT quantity FROM order_items i WHERE i.order_id = o.id) AS x FROM orders o
---
SELECT LENGTH(state) FROM orders
---
SELECT TUMBLE_START(ordered_at, INTERVAL '1' HOUR), COUNT(*) FROM orders GROUP BY TUMBLE(ordered_at, INTERVAL '1' HOUR)
---
SELECT due - DATE '2026-01-01' FROM orders
---
SELECT due + 1 FROM orders
---
SELECT ordered_at - INTERVAL '1 day' FROM orders
---
SELECT id FROM orders WHERE id = ?
---
SELECT id, amount * 2 AS twice FROM orders WHERE twice > 1
---
SELECT UPPER(state) AS s, COUNT(*) FROM orders GROUP BY 1
---
TRUNCATE TABLE orders
---
SHOW TABLES
---
SELECT state ILIKE 'a%' FROM orders
---
SELECT MAX(tags) FROM customers
---
SELECT id FROM customers WHERE tags < ARRAY['a']
---
SELECT ROW(1, 2) < ROW(1, 3) FROM orders
---
SELECT FROM_UNIXTIME(country) FROM customers
---
SELECT REGEXP_EXTRACT(country, '[a', 1) FROM customers
---
SELECT FROM_UNIXTIME(id, 'bb') FROM customers
---
SELECT CONVERT_TZ(country, 'UTC', 'Mars/Olympus') FROM customers
---
SELECT ENCODE(country, 'EBCDIC') FROM customers
---
SELECT PERCENTILE(id, 1.5) FROM customers
---
SELECT TO_TIMESTAMP_LTZ(country, 3) FROM customers
---
SELECT DATE_FORMAT("start", 'yyyy') FROM events
