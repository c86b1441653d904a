SELECT DATE_FORMAT(date_time, 'yyyy-MM-dd') AS bid_day,
  COUNT(*) AS total, COUNT(*) FILTER (WHERE price < 10000) AS rank1,
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2, COUNT(*) FILTER (WHERE price >= 1000000) AS rank3,
  COUNT(DISTINCT bidder) AS bidders, COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS bidders1,
  COUNT(DISTINCT bidder) FILTER (WHERE price >= 10000 AND price < 1000000) AS bidders2,
  COUNT(DISTINCT bidder) FILTER (WHERE price >= 1000000) AS bidders3,
  COUNT(DISTINCT auction) AS auctions, COUNT(DISTINCT auction) FILTER (WHERE price < 10000) AS auctions1,
  COUNT(DISTINCT auction) FILTER (WHERE price >= 10000 AND price < 1000000) AS auctions2,
  COUNT(DISTINCT auction) FILTER (WHERE price >= 1000000) AS auctions3
FROM bid GROUP BY DATE_FORMAT(date_time, 'yyyy-MM-dd')
