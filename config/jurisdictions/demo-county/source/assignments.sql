-- 交办：台账只登记经办人。
SELECT
    CAST(h.办理号 AS TEXT) AS assignment_id,
    CAST(h.流水号 AS TEXT) AS proposal_id,
    CAST(h.单位号 AS TEXT) AS unit_id,
    h.方式 AS role,
    REPLACE(h.交办日期, '/', '-') AS assigned_on,
    REPLACE(h.终止日期, '/', '-') AS ended_on,
    h.终止原因 AS end_reason,
    h.经办人 AS handler
FROM 办理 AS h
