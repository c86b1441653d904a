/*
description: How customers pay, and how much is refunded
key: [method]
freshness: 1s
*/
SELECT
  method,
  COUNT(*) AS payment_count,
  COUNT(JSON_VALUE(receipt, '$.terminal')) AS at_terminal,
  SUM(amount) AS amount,
  SUM(CASE WHEN is_refunded THEN amount ELSE 0 END) AS refunded,
  MIN(paid_at) AS first_paid_at,
  MAX(paid_at) AS last_paid_at
FROM payments
GROUP BY method
