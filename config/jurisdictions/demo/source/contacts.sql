-- 各单位各角色的联系人；人员更替时有前后两行。
SELECT
    CAST(c.dept_id AS TEXT) AS unit_id,
    c.duty_code AS role,
    c.start_date AS valid_from,
    c.real_name AS name,
    c.mail AS email,
    c.end_date AS valid_to
FROM sys_contact AS c
