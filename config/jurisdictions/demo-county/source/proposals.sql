-- 建议提案：建议、提案各自编号，流水号唯一。
SELECT
    CAST(p.流水号 AS TEXT) AS proposal_id,
    p.类别 AS kind,
    p.届 AS term,
    p.次 AS session,
    CAST(p.编号 AS TEXT) AS number,
    p.标题 AS title,
    p.分类 AS topic,
    p.提出人 AS lead_proposer,
    p.附议人数 AS co_signer_count,
    FALSE AS is_key,
    REPLACE(p.收件日期, '/', '-') AS filed_on,
    p.是否书面答复 = '是' AS needs_reply,
    p.是否公开 AS disclosure,
    FALSE AS is_confidential,
    CAST(p.并入流水号 AS TEXT) AS merged_into
FROM 建议提案 AS p
