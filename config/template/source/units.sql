-- 承办单位。把表名、列名换成本地的;AS 后面的规范列名不要改。
SELECT
    d.code AS unit_id,
    d.name AS name,
    d.sort AS "group"
FROM department AS d
