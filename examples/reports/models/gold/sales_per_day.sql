/*
description: What each shop sold on each day
*/
SELECT shop, CAST(sold_at AS DATE) AS sold_on, COUNT(*) AS sales, SUM(amount) AS amount
FROM sales
GROUP BY shop, CAST(sold_at AS DATE)
