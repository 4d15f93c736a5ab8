-- 办理记录：流程记录和满意度反馈两张表合在一起；两表各自编号，反馈的编号加 fb- 以免相撞。
SELECT
    CAST(f.flow_id AS TEXT) AS event_id,
    f.case_id AS proposal_id,
    CAST(f.dept_id AS TEXT) AS unit_id,
    f.node_code AS kind,
    f.op_date AS happened_on,
    f.sys_time AS recorded_at,
    f.round_no AS round,
    f.result_code AS value,
    f.deadline AS until,
    f.memo AS note
FROM jy_flow AS f
UNION ALL
SELECT
    'fb-' || e.eva_id,
    e.case_id,
    CAST(e.dept_id AS TEXT),
    '500',
    e.eva_date,
    e.sys_time,
    e.round_no,
    e.work_grade || '/' || e.result_grade,
    NULL,
    NULL
FROM jy_evaluate AS e
