-- 建议提案：编有案号的 644 件。案号在类别内也有重号，只有 motion_id 唯一，故以它为键。
-- 未编案号的不进入办理：未登记 17 件、不予立案 15 件、已立案而未编号 1 件。
-- “并案”10 件照样编号、交办、答复，也没有记录并入哪一件，因此与其他件同样办理，merged_into 留空。
SELECT
    m.motion_id AS proposal_id,
    c.category_name AS kind,
    meeting.jie AS term,
    meeting.ci AS session,
    MAX(CASE WHEN t.attr_name = '案号' THEN a.content_int END) AS number,
    m.motion_name AS title,
    MAX(CASE WHEN t.attr_name IN ('性质类别1', '性质类别2') THEN a.content END) AS topic,
    MAX(CASE WHEN t.attr_name = '状态' THEN a.content END) AS raised_in,
    MAX(CASE WHEN t.attr_name = '提案分类' THEN a.content END) AS submitted_by,
    -- “重点提案备选”只是候选，不算重点。
    MAX(t.attr_name = '性质' AND a.content IN ('重点提案', '重点督办')) AS is_key,
    MAX(CASE WHEN t.attr_name = '登记时间' THEN a.content_int END) AS filed_on,
    MAX(CASE WHEN t.attr_name = '是否公开' THEN a.content END) AS disclosure
FROM motion_tbl AS m
JOIN meeting_tbl AS meeting ON meeting.meeting_id = m.meeting
JOIN category_tbl AS c ON c.category_id = m.category
JOIN attr_tbl AS a ON a.motion = m.motion_id
JOIN attr_template_tbl AS t ON t.attr_template_id = a.attr_template
GROUP BY m.motion_id, c.category_name, meeting.jie, meeting.ci, m.motion_name
HAVING number IS NOT NULL
