-- 办理记录:每件事一行。recorded_at 是录入时间,事后补录的不能算按时,所以尽量给出。
SELECT
    e.id AS event_id,
    e.proposal_id AS proposal_id,
    e.department_code AS unit_id,
    e.kind AS kind,
    e.happened_on AS happened_on,
    e.recorded_at AS recorded_at,
    e.result AS value,
    e.until AS until
FROM handling_record AS e
