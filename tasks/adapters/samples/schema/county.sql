-- 青云县建议提案台账(虚构)的库表:一件一单位一行的宽表。日期为 YYYY/MM/DD 文本;登记时间为 Unix 秒。
CREATE TABLE 单位 (
    单位号 INTEGER PRIMARY KEY,
    名称 TEXT NOT NULL,
    类型 TEXT NOT NULL             -- 县直 乡镇 企业 群团
);
CREATE TABLE 建议提案 (
    流水号 INTEGER PRIMARY KEY,
    类别 TEXT NOT NULL,            -- 建议 提案
    届 INTEGER,
    次 INTEGER,
    编号 INTEGER NOT NULL,         -- 建议、提案各自编号
    标题 TEXT NOT NULL,
    分类 TEXT,
    提出人 TEXT,
    附议人数 INTEGER,
    收件日期 TEXT,
    是否书面答复 TEXT,             -- 是 否
    是否公开 TEXT,                 -- 公开 只公开标题 不公开
    并入流水号 INTEGER,
    撤回日期 TEXT
);
CREATE TABLE 办理 (
    办理号 INTEGER PRIMARY KEY,
    流水号 INTEGER NOT NULL,
    单位号 INTEGER NOT NULL,
    方式 TEXT NOT NULL,            -- 主办 会办 独办
    交办日期 TEXT,
    终止日期 TEXT,
    终止原因 TEXT,                 -- 退回 改派
    经办人 TEXT,
    签收日期 TEXT,
    申请退回日期 TEXT,
    面商日期 TEXT,
    面商方式 TEXT,                 -- 上门 电话 网络 座谈
    会办意见日期 TEXT,
    延期批准日期 TEXT,
    延期至 TEXT,
    说明日期 TEXT,
    说明内容 TEXT,
    公开日期 TEXT
);
CREATE TABLE 答复 (
    答复号 INTEGER PRIMARY KEY,
    办理号 INTEGER NOT NULL,
    第几次 INTEGER NOT NULL,
    答复日期 TEXT,
    登记时间 INTEGER,
    办理结果 TEXT,                 -- 甲 已解决 乙 列入计划 丙 暂不能解决 丁 供参考
    承诺期限 TEXT,
    兑现日期 TEXT,
    满意度 TEXT,                   -- 满意 基本满意 不满意
    评价日期 TEXT
);
