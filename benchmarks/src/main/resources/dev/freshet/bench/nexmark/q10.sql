SELECT auction, bidder, price, date_time, extra, DATE_FORMAT(date_time, 'yyyy-MM-dd') AS bid_day,
  DATE_FORMAT(date_time, 'HH:mm') AS minute_of_day FROM bid
