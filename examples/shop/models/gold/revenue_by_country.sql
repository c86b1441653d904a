/*
description: What each country's customers order
key: [country]
freshness: 1s
*/
SELECT
  c.country,
  COUNT(*) AS order_count,
  COUNT(DISTINCT o.customer_id) AS customer_count,
  SUM(o.net) AS revenue,
  AVG(o.net) AS average_net,
  MIN(o.net) AS smallest,
  MAX(o.net) AS largest
FROM orders_clean AS o
JOIN customers_clean AS c ON c.customer_id = o.customer_id
GROUP BY c.country
