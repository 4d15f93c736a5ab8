-- 办理记录：宽表的每个日期列是一条记录。只有答复登记了录入时间（Unix 秒）。
-- 承诺在列入计划的答复中作出；提交承诺期限的，以承诺期限为准。
WITH h AS (
    SELECT 办理.*, CAST(办理.流水号 AS TEXT) AS proposal_id, CAST(办理.单位号 AS TEXT) AS unit_id FROM 办理
),
r AS (
    SELECT 答复.*, h.proposal_id, h.unit_id FROM 答复 JOIN h ON h.办理号 = 答复.办理号
),
noted AS (
    SELECT 'accepted-' || h.办理号 AS event_id, h.proposal_id, h.unit_id, 'accepted' AS kind, h.签收日期 AS happened_on,
        NULL AS recorded_at, NULL AS round, NULL AS value, NULL AS until, NULL AS note
    FROM h WHERE h.签收日期 IS NOT NULL
    UNION ALL
    SELECT 'return-' || h.办理号, h.proposal_id, h.unit_id, 'return_requested', h.申请退回日期, NULL, NULL, NULL, NULL, NULL
    FROM h WHERE h.申请退回日期 IS NOT NULL
    UNION ALL
    SELECT 'returned-' || h.办理号, h.proposal_id, h.unit_id, 'returned', h.终止日期, NULL, NULL, NULL, NULL, NULL
    FROM h WHERE h.终止原因 = '退回'
    UNION ALL
    SELECT 'met-' || h.办理号, h.proposal_id, h.unit_id, 'meeting_before', h.面商日期, NULL, NULL, h.面商方式, NULL, NULL
    FROM h WHERE h.面商日期 IS NOT NULL
    UNION ALL
    SELECT 'opinion-' || h.办理号, h.proposal_id, h.unit_id, 'opinion_submitted', h.会办意见日期, NULL, NULL, NULL, NULL, NULL
    FROM h WHERE h.会办意见日期 IS NOT NULL
    UNION ALL
    SELECT 'extended-' || h.办理号, h.proposal_id, h.unit_id, 'extension_approved', h.延期批准日期, NULL, NULL, NULL, h.延期至, NULL
    FROM h WHERE h.延期批准日期 IS NOT NULL
    UNION ALL
    SELECT 'explained-' || h.办理号, h.proposal_id, h.unit_id, 'explained', h.说明日期, NULL, NULL, NULL, NULL, h.说明内容
    FROM h WHERE h.说明日期 IS NOT NULL
    UNION ALL
    SELECT 'published-' || h.办理号, h.proposal_id, h.unit_id, 'published', h.公开日期, NULL, NULL, NULL, NULL, NULL
    FROM h WHERE h.公开日期 IS NOT NULL
    UNION ALL
    SELECT 'reply-' || r.答复号, r.proposal_id, r.unit_id, 'reply_issued', r.答复日期, r.登记时间, r.第几次, r.办理结果, NULL, NULL
    FROM r
    UNION ALL
    SELECT 'promise-' || r.答复号, r.proposal_id, r.unit_id, 'commitment_made', r.答复日期, r.登记时间, r.第几次, NULL, r.承诺期限, NULL
    FROM r WHERE r.办理结果 = '乙'
    UNION ALL
    SELECT 'kept-' || r.答复号, r.proposal_id, r.unit_id, 'commitment_fulfilled', r.兑现日期, NULL, r.第几次, NULL, NULL, NULL
    FROM r WHERE r.兑现日期 IS NOT NULL
    UNION ALL
    SELECT 'form-' || r.答复号, r.proposal_id, r.unit_id, 'feedback', r.评价日期, NULL, r.第几次, r.满意度, NULL, NULL
    FROM r WHERE r.评价日期 IS NOT NULL
    UNION ALL
    SELECT 'withdrawn-' || p.流水号, CAST(p.流水号 AS TEXT), NULL, 'withdrawn', p.撤回日期, NULL, NULL, NULL, NULL, NULL
    FROM 建议提案 AS p WHERE p.撤回日期 IS NOT NULL
)
SELECT
    event_id,
    proposal_id,
    unit_id,
    kind,
    REPLACE(happened_on, '/', '-') AS happened_on,
    recorded_at,
    round,
    value,
    REPLACE(until, '/', '-') AS until,
    note
FROM noted
