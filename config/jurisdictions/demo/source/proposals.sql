-- 建议提案。案号在同一会议、同一类别内编排，会重复；case_id 为系统自己的编号，唯一。
SELECT
    c.case_id AS proposal_id,
    s.org_type AS kind,
    s.jie AS term,
    s.ci AS session,
    CAST(c.case_no AS TEXT) AS number,
    c.title,
    t.topic_name AS topic,
    c.raise_time AS raised_in,
    c.submit_type AS submitted_by,
    c.lead_person AS lead_proposer,
    c.cosign_num AS co_signer_count,
    c.emph_flag = 'Y' AS is_key,
    c.emph_leader AS led_by,
    c.reg_date AS filed_on,
    c.reply_flag = 'Y' AS needs_reply,
    c.open_type AS disclosure,
    c.secret_flag = 'Y' AS is_confidential,
    c.merge_case_id AS merged_into,
    c.prev_case_id AS repeats,
    c.limit_date AS fixed_due_on
FROM jy_case AS c
JOIN jy_session AS s ON s.session_id = c.session_id
LEFT JOIN jy_topic AS t ON t.topic_code = c.topic_code
