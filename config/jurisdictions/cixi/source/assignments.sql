-- 交办：主办 641 件（有协办单位的为主办，没有的为独办），协办 1,444 件（其中作废 8 件）。
-- 系统没有交办日期：主办以“主办单位”一行的登记时间（UTC）为准，协办以“协办单位”一行的登记时间为准；
-- 作废、待办的 9 件没有“协办单位”一行，随主办的交办时间。作废日期没有记录，视同交办当日即撤销，不产生义务。
SELECT
    CONCAT('lead-', a.attr_id) AS assignment_id,
    a.motion AS proposal_id,
    a.content_int AS unit_id,
    CASE WHEN EXISTS (SELECT 1 FROM motion_handler_tbl AS h WHERE h.motion = a.motion AND h.status <> 7)
        THEN 'lead' ELSE 'sole' END AS role,
    a.update_time AS assigned_on,
    NULL AS ended_on,
    NULL AS end_reason
FROM attr_tbl AS a
JOIN attr_template_tbl AS t ON t.attr_template_id = a.attr_template AND t.attr_name = '主办单位'
UNION ALL
SELECT
    CONCAT('co-', h.motion_handler_id),
    h.motion,
    h.unit,
    'co_organising',
    COALESCE(own.update_time, lead_row.update_time),
    CASE WHEN h.status = 7 THEN COALESCE(own.update_time, lead_row.update_time) END,
    CASE WHEN h.status = 7 THEN 'cancelled' END
FROM motion_handler_tbl AS h
LEFT JOIN attr_tbl AS own ON own.attr_id = h.attr
JOIN attr_tbl AS lead_row ON lead_row.motion = h.motion
JOIN attr_template_tbl AS t ON t.attr_template_id = lead_row.attr_template AND t.attr_name = '主办单位'
