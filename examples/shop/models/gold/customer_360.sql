/*
description: Each customer with all that was ordered, also those who never ordered
key: [customer_id]
freshness: 1s
*/
SELECT
  c.customer_id,
  c.full_name,
  c.country,
  c.tier,
  COALESCE(o.order_count, 0) AS order_count,
  COALESCE(o.spent, 0) AS spent,
  o.last_ordered_at,
  CASE
    WHEN o.order_count IS NULL THEN 'new'
    WHEN o.spent >= 5000 AND c.is_active THEN 'key account'
    ELSE 'regular'
  END AS segment
FROM customers_clean AS c
LEFT JOIN (
  SELECT
    customer_id,
    COUNT(*) AS order_count,
    SUM(net) AS spent,
    MAX(ordered_at) AS last_ordered_at
  FROM orders_clean
  GROUP BY customer_id
) AS o ON o.customer_id = c.customer_id
