-- 承办单位。联系人不在台账里，写在 contacts.csv。
SELECT
    CAST(u.单位号 AS TEXT) AS unit_id,
    u.名称 AS name,
    u.类型 AS "group"
FROM 单位 AS u
