-- TUMBLE is date_bin here.
SELECT
  window_start,
  window_start + INTERVAL '1 minute' AS window_end,
  COUNT(*) AS order_count,
  SUM(total) AS revenue,
  MAX(total) AS largest
FROM (
  SELECT date_bin(INTERVAL '1 minute', ordered_at, TIMESTAMP '1970-01-01') AS window_start, total
  FROM orders
  WHERE status <> 'cancelled'
) AS windowed
GROUP BY window_start
