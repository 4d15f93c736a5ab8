-- 交办:每件每个承办单位一行;改办、退办的旧行保留,填 ended_on 和 end_reason。
SELECT
    a.id AS assignment_id,
    a.proposal_id AS proposal_id,
    a.department_code AS unit_id,
    a.role AS role,
    a.assigned_on AS assigned_on,
    a.ended_on AS ended_on,
    a.end_reason AS end_reason
FROM assignment AS a
