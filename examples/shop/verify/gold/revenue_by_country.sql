-- AVG of a decimal has 6 digits after the point, rounded half up from the exact quotient. PostgreSQL
-- has more digits, and rounding twice may differ, so the quotient is taken in whole millionths.
SELECT
  c.country,
  COUNT(*) AS order_count,
  COUNT(DISTINCT o.customer_id) AS customer_count,
  SUM(o.net) AS revenue,
  div(2000000 * SUM(o.net) + COUNT(o.net), 2 * COUNT(o.net)) * 0.000001 AS average_net,
  MIN(o.net) AS smallest,
  MAX(o.net) AS largest
FROM orders_clean AS o
JOIN customers_clean AS c ON c.customer_id = o.customer_id
GROUP BY c.country
