-- 答复全文，编号即答复那条流程记录。
SELECT
    CAST(r.flow_id AS TEXT) AS event_id,
    r.content AS text,
    r.files AS attachments
FROM jy_reply_text AS r
