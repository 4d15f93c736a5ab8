-- 各单位联系人:role 只能是 top_leader(主要领导)、leader(分管领导)、section(科室)、handler(经办人)、office(办公室)。
-- 系统里没有的,删去本文件,改放一个 contacts.csv(列名相同)。
SELECT
    c.department_code AS unit_id,
    c.role AS role,
    c.since AS valid_from,
    c.name AS name,
    c.mail AS email
FROM contact AS c
