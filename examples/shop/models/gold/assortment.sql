/*
description: What each category offers
key: [category]
freshness: 15s
*/
SELECT
  category,
  COUNT(*) AS product_count,
  SUM(CASE WHEN JSON_VALUE(attributes, '$.eco') = 'true' THEN 1 ELSE 0 END) AS eco_count,
  MIN(price) AS cheapest,
  MAX(ROUND(price * 1.19, 2)) AS dearest_with_tax,
  AVG(price) AS average_price,
  SUM(rating) AS rating_sum,
  MIN(weight_kg) AS lightest_kg,
  MAX(introduced_on) AS newest
FROM products
GROUP BY category
