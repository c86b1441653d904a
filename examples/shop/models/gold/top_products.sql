/*
description: The ten products that earn most
key: [product_id]
freshness: 1s
*/
SELECT
  product_id,
  product,
  category,
  SUM(quantity) AS units,
  SUM(line_total) AS revenue
FROM order_lines
GROUP BY product_id, product, category
ORDER BY revenue DESC, product_id
LIMIT 10
