/*
description: What was ordered, line by line, with the product's name
key: [order_id, line_no]
freshness: 1s
*/
SELECT
  i.order_id,
  i.line_no,
  o.customer_id,
  o.ordered_at,
  i.product_id,
  p.name AS product,
  p.category,
  i.quantity,
  i.unit_price,
  i.quantity * i.unit_price AS line_total,
  CASE
    WHEN i.is_gift THEN 'gift'
    WHEN i.quantity >= 3 THEN 'bulk'
    ELSE 'normal'
  END AS line_kind
FROM order_items AS i
JOIN orders AS o ON o.order_id = i.order_id
JOIN products AS p ON p.product_id = i.product_id
WHERE o.status <> 'cancelled'
