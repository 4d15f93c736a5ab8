-- 交办：退办、改办的旧交办留有终止日期和原因，新单位另有一行。
SELECT
    CAST(a.assign_id AS TEXT) AS assignment_id,
    a.case_id AS proposal_id,
    CAST(a.dept_id AS TEXT) AS unit_id,
    a.assign_type AS role,
    a.assign_date AS assigned_on,
    a.end_date AS ended_on,
    a.end_type AS end_reason,
    a.fg_leader AS leader,
    a.section_name AS section,
    a.handler_name AS handler
FROM jy_assign AS a
