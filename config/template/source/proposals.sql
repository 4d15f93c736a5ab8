-- 建议提案。编号会重复使用,proposal_id 要用系统自己的主键。
SELECT
    p.id AS proposal_id,
    p.type AS kind,
    p.term AS term,
    p.session AS session,
    p.number AS number,
    p.title AS title,
    p.proposer AS lead_proposer,
    p.filed_on AS filed_on,
    p.is_key AS is_key,
    p.publicity AS disclosure
FROM proposal AS p
