/*
description: Customers with a usable address, in the form that reports use
key: [customer_id]
freshness: 1s
*/
SELECT
  customer_id,
  LOWER(TRIM(email)) AS email,
  full_name,
  UPPER(SUBSTRING(full_name FROM 1 FOR 1)) AS initial,
  country,
  country || '-' || CAST(customer_id AS VARCHAR) AS code,
  EXTRACT(YEAR FROM birth_date) AS birth_year,
  CAST(created_at AS DATE) AS created_on,
  JSON_VALUE(preferences, '$.language') AS language,
  CARDINALITY(tags) AS tag_count,
  CASE
    WHEN loyalty_score >= 90 THEN 'gold'
    WHEN loyalty_score >= 60 THEN 'silver'
    ELSE 'bronze'
  END AS tier,
  is_active
FROM customers
WHERE email LIKE '%@%'
