SELECT * FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE));
SELECT window_start, window_end, state, COUNT(*) AS n FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)) GROUP BY window_start, window_end, state;
SELECT window_start, window_end, window_time, SUM(amount) AS s FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR, INTERVAL '1' DAY, INTERVAL '30' MINUTE)) WHERE state = 'paid' AND window_start > TIMESTAMP '2026-01-01 00:00:00' GROUP BY window_start, window_end, window_time;
SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end;
SELECT user_id, window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE events PARTITION BY user_id, DESCRIPTOR(at), INTERVAL '30' MINUTE)) GROUP BY user_id, window_start, window_end;
SELECT * FROM TABLE(SESSION(TABLE events PARTITION BY (user_id, kind), DESCRIPTOR(at), INTERVAL '30' SECOND));
SELECT window_start, COUNT(*) AS n FROM TABLE(SESSION(TABLE events, DESCRIPTOR(at), INTERVAL '30' MINUTE)) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TABLE(SESSION(DATA => TABLE events PARTITION BY kind, TIMECOL => DESCRIPTOR(at), GAP => INTERVAL '30' MINUTE)) GROUP BY window_start, window_end, kind
