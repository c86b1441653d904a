SELECT b.auction, b.bidder, b.price, p.name, p.city, a.id, a.item_name, a.category FROM bid b
JOIN person p ON b.bidder = p.id JOIN auction a ON a.seller = b.bidder
