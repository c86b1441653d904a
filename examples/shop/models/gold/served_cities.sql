/*
description: Where orders go, by channel
key: [city, channel]
freshness: 1s
*/
SELECT DISTINCT city, channel
FROM orders_clean
WHERE city IS NOT NULL
