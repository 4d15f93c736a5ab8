-- 临江市建议提案办理系统(虚构)的库表。日期为 YYYY-MM-DD 文本;sys_time 为 UTC 时间。
CREATE TABLE sys_dept (
    dept_id INTEGER PRIMARY KEY,
    dept_code TEXT NOT NULL,
    dept_name TEXT NOT NULL,
    dept_type TEXT NOT NULL,      -- 10 县区 20 市直部门 30 党群 40 企业 50 园区 90 其他
    parent_id INTEGER,
    enable_date TEXT,
    disable_date TEXT,
    old_names TEXT
);
CREATE TABLE sys_contact (
    contact_id INTEGER PRIMARY KEY,
    dept_id INTEGER NOT NULL,
    duty_code TEXT NOT NULL,      -- 1 主要领导 2 分管领导 3 承办科室 4 承办人员 9 办公室
    real_name TEXT,
    mail TEXT,
    start_date TEXT,
    end_date TEXT
);
CREATE TABLE jy_session (
    session_id INTEGER PRIMARY KEY,
    org_type TEXT NOT NULL,       -- 1 人大 2 政协
    jie INTEGER NOT NULL,
    ci INTEGER NOT NULL,
    nd INTEGER NOT NULL
);
CREATE TABLE jy_topic (
    topic_code TEXT PRIMARY KEY,
    topic_name TEXT NOT NULL
);
CREATE TABLE jy_case (
    case_id TEXT PRIMARY KEY,
    session_id INTEGER NOT NULL,
    case_no INTEGER NOT NULL,     -- 同一会议、同一类别内编号
    title TEXT NOT NULL,
    topic_code TEXT,
    raise_time TEXT,
    submit_type TEXT,
    lead_person TEXT,
    cosign_num INTEGER,
    emph_flag TEXT,               -- Y/N 重点
    emph_leader TEXT,
    reg_date TEXT,
    reply_flag TEXT,              -- Y/N 需书面答复
    open_type TEXT,               -- 1 全文 2 仅标题 3 不公开
    secret_flag TEXT,             -- Y/N 涉密
    merge_case_id TEXT,
    prev_case_id TEXT,
    limit_date TEXT
);
CREATE TABLE jy_assign (
    assign_id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    dept_id INTEGER NOT NULL,
    assign_type TEXT NOT NULL,    -- ZB 主办 XB 协办 FB 分办 DB 独办
    assign_date TEXT,
    end_date TEXT,
    end_type TEXT,                -- TB 退办 GB 改办 CX 撤销
    fg_leader TEXT,
    section_name TEXT,
    handler_name TEXT
);
CREATE TABLE jy_flow (
    flow_id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    dept_id INTEGER,
    node_code TEXT NOT NULL,
    op_date TEXT,
    sys_time TEXT,
    round_no INTEGER,
    result_code TEXT,
    deadline TEXT,
    memo TEXT
);
CREATE TABLE jy_evaluate (
    eva_id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    dept_id INTEGER NOT NULL,
    round_no INTEGER,
    work_grade TEXT,              -- 1 满意 2 基本满意 3 不满意
    result_grade TEXT,
    eva_date TEXT,
    sys_time TEXT
);
CREATE TABLE jy_reply_text (
    flow_id INTEGER PRIMARY KEY,
    content TEXT,
    files TEXT
);
CREATE INDEX ix_flow_case ON jy_flow (case_id);
