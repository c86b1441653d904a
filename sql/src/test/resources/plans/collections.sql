-- Maps and rows, and texts of values of any types.
SELECT MAP['a', priority, state, 2] AS m, ROW(id, state) AS r FROM orders;

SELECT MAP['a', priority]['a'] AS v, MAP_KEYS(MAP['a', 1]) AS k, MAP_VALUES(MAP['a', priority]) AS w,
       MAP_ENTRIES(MAP['a', priority]) AS e, MAP_UNION(MAP['a', 1], MAP['b', priority]) AS u,
       STR_TO_MAP(state) AS s, CARDINALITY(MAP['a', priority]) AS n FROM orders;

SELECT CAST(ROW(id, state) AS ROW(id BIGINT, state VARCHAR)).state AS x FROM orders;

SELECT ARRAY_SORT(ARRAY[priority, 1]) AS a, ELEMENT(ARRAY[priority]) AS e FROM orders;

SELECT t.k, t.v FROM orders AS o CROSS JOIN UNNEST(MAP[o.state, o.id]) AS t (k, v);

SELECT id FROM orders WHERE (id, state) = (1, 'open') OR state SIMILAR TO '(a|b)%' OR state IS JSON ARRAY;

SELECT JSON_OBJECT(KEY 'id' VALUE id, KEY 'all' VALUE JSON_ARRAY(state, amount)) AS j, PRINTF('%s', id) AS p FROM orders
;
SELECT ROW(id, CASE WHEN amount > 10 THEN state ELSE '-' END), ROW(ROW(id, CASE priority WHEN 1 THEN 2 END), state) = ROW(ROW(1, 2), 'a') FROM orders