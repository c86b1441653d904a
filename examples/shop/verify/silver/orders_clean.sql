-- FLOOR(time TO unit) is date_trunc here.
SELECT
  order_id,
  customer_id,
  UPPER(CAST(status AS VARCHAR)) AS status,
  channel,
  ordered_at,
  CAST(ordered_at AS DATE) AS ordered_on,
  EXTRACT(HOUR FROM ordered_at) AS ordered_hour,
  date_trunc('hour', ordered_at) AS hour_start,
  total,
  CAST(total * (1 - discount) AS DECIMAL(14, 2)) AS net,
  JSON_VALUE(shipping, '$.city') AS city,
  CASE WHEN note IS NULL THEN 0 ELSE CHAR_LENGTH(note) END AS note_length
FROM orders
WHERE status <> 'cancelled'
