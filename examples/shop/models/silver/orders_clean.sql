/*
description: Orders that count, with what the customer really pays
key: [order_id]
freshness: 100ms
*/
SELECT
  order_id,
  customer_id,
  UPPER(CAST(status AS VARCHAR)) AS status,
  channel,
  ordered_at,
  CAST(ordered_at AS DATE) AS ordered_on,
  EXTRACT(HOUR FROM ordered_at) AS ordered_hour,
  FLOOR(ordered_at TO HOUR) AS hour_start,
  total,
  CAST(total * (1 - discount) AS DECIMAL(14, 2)) AS net,
  JSON_VALUE(shipping, '$.city') AS city,
  CASE WHEN note IS NULL THEN 0 ELSE CHAR_LENGTH(note) END AS note_length
FROM orders
WHERE status <> 'cancelled'
