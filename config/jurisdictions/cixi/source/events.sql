-- 办理记录：主办答复 288 件（类别标记 A/B/C/D 为办理结果）、协办意见 1,435 件、满意度反馈 1 件。时间都是 Unix 秒。
-- 答复行的 update_time 有的早于答复时间（先占行、后填写），不能当作登记时间；答复、意见都以提交时刻为登记时刻。
SELECT
    CONCAT('reply-', a.attr_id) AS event_id,
    a.motion AS proposal_id,
    lead_row.content_int AS unit_id,
    'reply_issued' AS kind,
    a.content_int AS happened_on,
    a.content_int AS recorded_at,
    outcome.content AS value
FROM attr_tbl AS a
JOIN attr_template_tbl AS t ON t.attr_template_id = a.attr_template AND t.attr_name = '主办答复时间'
JOIN attr_template_tbl AS lead_name ON lead_name.attr_name = '主办单位'
JOIN attr_tbl AS lead_row ON lead_row.motion = a.motion AND lead_row.attr_template = lead_name.attr_template_id
JOIN attr_template_tbl AS outcome_name ON outcome_name.attr_name = '类别标记'
LEFT JOIN attr_tbl AS outcome ON outcome.motion = a.motion AND outcome.attr_template = outcome_name.attr_template_id
UNION ALL
SELECT CONCAT('opinion-', h.motion_handler_id), h.motion, h.unit, 'opinion_submitted', h.reply_time, h.reply_time, NULL
FROM motion_handler_tbl AS h
WHERE h.status = 9
UNION ALL
SELECT
    CONCAT('feedback-', work.attr_id),
    work.motion,
    lead_row.content_int,
    'feedback',
    TIMESTAMPDIFF(SECOND, '1970-01-01', work.update_time),
    TIMESTAMPDIFF(SECOND, '1970-01-01', work.update_time),
    CONCAT(work.content, '/', result.content)
FROM attr_tbl AS work
JOIN attr_template_tbl AS work_name ON work_name.attr_template_id = work.attr_template AND work_name.attr_name = '办理工作'
JOIN attr_template_tbl AS result_name ON result_name.attr_name = '办理结果'
JOIN attr_tbl AS result ON result.motion = work.motion AND result.attr_template = result_name.attr_template_id
JOIN attr_template_tbl AS lead_name ON lead_name.attr_name = '主办单位'
JOIN attr_tbl AS lead_row ON lead_row.motion = work.motion AND lead_row.attr_template = lead_name.attr_template_id
