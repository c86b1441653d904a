/*
description: How much happened on each day, by kind
key: [activity_date, kind]
freshness: 15s
*/
SELECT activity_date, kind, COUNT(*) AS activity_count
FROM (
  SELECT CAST(ordered_at AS DATE) AS activity_date, CAST('order' AS VARCHAR) AS kind
  FROM orders
  UNION ALL
  SELECT CAST(paid_at AS DATE), CAST('payment' AS VARCHAR)
  FROM payments
  WHERE NOT is_refunded
  UNION ALL
  SELECT CAST(created_at AS DATE), CAST('signup' AS VARCHAR)
  FROM customers
) AS activity
GROUP BY activity_date, kind
