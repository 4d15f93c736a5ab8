"""A small official document and a full circular, for the tests of rendering and wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from reports.circular_content import (
    CircularContent,
    Deadlines,
    GroupTable,
    Listed,
    Measure,
    Named,
    OverdueCase,
    RankRow,
    Rate,
    Total,
    Trend,
    UnitCount,
    ZeroRate,
)
from reports.official import Head, Imprint, OfficialDocument, Paragraph

DATED = date(2026, 11, 9)
IMPRINT = Imprint("市委办公室，市人大常委会办公室，市政协办公室", "临江市人民政府督查室", DATED)
PLAIN = OfficialDocument(
    masthead="临江市人民政府督查室文件",
    document_no="临政督〔2026〕18号",
    title="关于建议提案办理情况的通报",
    addressee="各有关单位：",
    blocks=(Paragraph("现将有关情况通报如下。"),),
    signature="临江市人民政府督查室",
    dated_on=DATED,
    imprint=IMPRINT,
)


def document(**changes: object) -> OfficialDocument:
    return replace(PLAIN, **changes)  # type: ignore[arg-type]


def every_head() -> list[OfficialDocument]:
    bulletin = document(
        head=Head.BULLETIN,
        masthead="督查通报",
        document_no="第9期",
        issue_line=("临江市人民政府督查室", "2026年11月9日"),
    )
    return [PLAIN, bulletin, document(head=Head.LETTER, masthead="临江市人民政府督查室")]


def quiet_content(**changes: object) -> CircularContent:
    """A month in which nothing is wrong and nobody stands out."""
    total = Total("人大代表建议", 12, Rate(12, 12), Rate(12, 12), 0, 0, 0)
    content = CircularContent(
        masthead="督查通报",
        issuer="临江市人民政府督查室",
        serial_no=9,
        period="2026年1—10月",
        scope="市十五届人大五次会议、市政协十四届五次会议以来，",
        basis="《临江市人大代表建议、政协提案办理工作办法》",
        addressee="各县（市、区）人民政府，市政府各部门、各有关单位：",
        cut_off=date(2026, 10, 31),
        dated_on=DATED,
        totals=(total,),
        total=total,
        imprint=IMPRINT,
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def full_content(**changes: object) -> CircularContent:
    """A month with everything that a circular can say."""
    content = quiet_content(
        totals=(
            Total("人大代表建议", 641, Rate(450, 620), Rate(380, 385), 2, 3, 30, no_reply=22, further=1),
            Total("政协提案", 607, Rate(414, 600), Rate(342, 346), 2, 2, 18, no_reply=7),
        ),
        total=Total("合计", 1248, Rate(864, 1220), Rate(722, 731), 4, 5, 48, no_reply=29, further=1),
        measures=(
            Measure("三见面率", Rate(800, 1220), "+1.25", "已见面次数/应见面次数", "办理过程"),
            Measure("满意率", Rate(420, 470), "-0.84", "满意和基本满意件数/已反馈件数"),
            Measure("承诺兑现率", Rate(0, 0)),
        ),
        groups=(group("县（市、区）人民政府", 3), group("市政府部门", 5)),
        highlights=(Named(("市科技局", "市生态环境局", "市财政局"), "承办的建议提案全部按期答复"),),
        praised=(Named(("市科技局",), "综合得分居本组第一"),),
        overdue_units=(UnitCount("市住房和城乡建设局", 3, 130), UnitCount("市教育局", 2, 96)),
        late_units=(UnitCount("市民政局", 4),),
        zero_rates=(ZeroRate("市退役军人事务局", "三见面率", 5),),
        dissatisfied_units=(UnitCount("市商务局", 2), UnitCount("市水利局", 1)),
        rehandling_units=(UnitCount("市水利局", 1),),
        lapsed_units=(UnitCount("市交通运输局", 3),),
        backlog_units=(UnitCount("市住房和城乡建设局", 6),),
        criticised=(Named(("市应急管理局",), "综合得分居本组末位"),),
        listed=(
            Listed("通报表扬", "市政府部门", "21", "市科技局", "列本组第1名（参加排名5个），得分99.00"),
            Listed("通报批评", "市政府部门", "22", "市应急管理局", "列本组第5名（参加排名5个），得分55.00，低于60分"),
        ),
        criteria={"通报表扬": "列本组前1名", "通报批评": "列本组末1名，得分低于60分"},
        deadlines=Deadlines(date(2026, 11, 30), date(2026, 12, 9), date(2026, 11, 20), date(2026, 12, 1)),
        overdue=overdue_cases(5),
        notes=("承办件数不足3件的单位不参加排名",),
        trend=Trend(8, date(2026, 9, 30), "+2.50", "-0.84", -3),
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def group(label: str, units: int) -> GroupTable:
    rows = tuple(
        RankRow(place, f"第{place}单位", 20, (Rate(20 - place, 20), Rate(0, 0)), "-1.00", f"{90 - place}.00", "↑2")
        for place in range(1, units + 1)
    )
    return GroupTable(label, ("答复进度", "承诺兑现"), rows)


def overdue_cases(count: int) -> tuple[OverdueCase, ...]:
    return tuple(
        OverdueCase(
            f"建议第{number}号",
            None if number % 4 == 0 else "关于进一步加强城市老旧小区改造的建议",
            "市住房和城乡建设局",
            "王玥",
            date(2026, 6, 20) + timedelta(number),
            130 - number,
            "已签收",
        )
        for number in range(1, count + 1)
    )
