SELECT auction, DATE_FORMAT(date_time, 'yyyy-MM-dd') AS bid_day, COUNT(*) AS total,
  COUNT(*) FILTER (WHERE price < 10000) AS rank1, COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2,
  COUNT(*) FILTER (WHERE price >= 1000000) AS rank3, MIN(price) AS least, MAX(price) AS most, AVG(price) AS average,
  SUM(price) AS total_price
FROM bid GROUP BY auction, DATE_FORMAT(date_time, 'yyyy-MM-dd')
