-- 承办单位。unit_tbl 里既有单位也有“各镇（街道）”这样的组名（作为上级出现的行）；组名不是单位，用作组别。
SELECT
    u.unit_id,
    u.unit_name AS name,
    COALESCE(heading.unit_name, '市级机关') AS `group`
FROM unit_tbl AS u
LEFT JOIN unit_tbl AS heading ON heading.unit_id = u.parent_unit
WHERE u.unit_id NOT IN (SELECT parent_unit FROM unit_tbl)
