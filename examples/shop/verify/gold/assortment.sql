-- JSON_VALUE of a JSON true is 't' here, and 'true' in Freshet and Flink. AVG as in revenue_by_country.
SELECT
  category,
  COUNT(*) AS product_count,
  SUM(CASE WHEN attributes ->> 'eco' = 'true' THEN 1 ELSE 0 END) AS eco_count,
  MIN(price) AS cheapest,
  MAX(ROUND(price * 1.19, 2)) AS dearest_with_tax,
  div(2000000 * SUM(price) + COUNT(price), 2 * COUNT(price)) * 0.000001 AS average_price,
  SUM(rating) AS rating_sum,
  MIN(weight_kg) AS lightest_kg,
  MAX(introduced_on) AS newest
FROM products
GROUP BY category
