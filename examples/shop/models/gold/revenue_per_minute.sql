/*
description: Orders and revenue of each minute
key: [window_start, window_end]
freshness: 100ms
*/
SELECT
  window_start,
  window_end,
  COUNT(*) AS order_count,
  SUM(total) AS revenue,
  MAX(total) AS largest
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
WHERE status <> 'cancelled'
GROUP BY window_start, window_end
