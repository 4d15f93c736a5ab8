-- 承办单位。
SELECT
    CAST(d.dept_id AS TEXT) AS unit_id,
    d.dept_name AS name,
    d.dept_type AS "group",
    CAST(d.parent_id AS TEXT) AS parent_id,
    d.enable_date AS valid_from,
    d.disable_date AS valid_to,
    d.old_names AS former_names
FROM sys_dept AS d
