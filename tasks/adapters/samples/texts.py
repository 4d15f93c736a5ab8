"""Titles and reply texts."""

from __future__ import annotations

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.records import Proposal
from tasks.adapters.samples.words import rows

OPENINGS = (
    "收悉。首先感谢您对我市{topic}工作的关心和支持，经认真研究，现答复如下：",
    "已收悉，我们高度重视，专题研究并会同有关单位办理，现将情况答复如下：",
    "收悉，现结合工作实际答复如下：",
    "收悉。我们认真研究了您所提的问题，并到现场了解情况，现答复如下：",
)
AGAIN = "前次答复后，我们根据您的反馈意见重新办理，现再次答复如下："
SUBJECTS = (
    "关于{matter}，{fact}。",
    "就{matter}一事，我们作了专题调研，{fact}。",
    "您提出的{matter}，确有必要。{fact}。",
    "{fact}。{matter}是群众普遍关心的事。",
)
MET = (
    "办理前我们与您当面沟通，听取了意见。",
    "此前我们登门走访，与您就办理思路交换了意见。",
    "我们邀请您参加了现场座谈。",
)
OUTCOMES = {
    "solved": (
        "您所提问题目前已经解决，后续我们将加强日常管理，防止反弹。",
        "相关建议已采纳并落实到位。",
        "此项工作已于{month}月完成。",
    ),
    "planned": (
        "下一步，我们将把该事项列入工作计划，明确专人负责，按节点推进。",
        "该事项正在推进，进展情况将及时向您通报。",
        "由于涉及资金和用地，拟分步实施，争取早日见效。",
    ),
    "explained": (
        "受现行政策和财力限制，该事项目前暂不具备实施条件，恳请理解，我们将继续关注。",
        "因上级尚无明确规定，暂难以实施，待条件成熟后再行研究。",
    ),
    "reference": ("您的建议很有见地，我们将在今后工作中参考借鉴。", "建议内容已转相关科室研究，作为制定政策的参考。"),
}
CLOSINGS = (
    "感谢您对我们工作的监督支持，欢迎继续提出宝贵意见。",
    "再次感谢您的关心，如有不同意见请与我们联系。",
    "诚挚欢迎您一如既往地关注和监督我们的工作。",
    "专此答复。",
)


def proposal_title(text: str, kind: str, dice: Dice, *name: object) -> str:
    """Return the title of a proposal about ``text``, now and then with one of the customary words more."""
    if text[:2] in ("加强", "完善", "推进", "提升", "规范", "优化") and dice.chance(0.4, "stress", *name):
        text = f"进一步{text}"
    ending = dice.pick(("提案", "提案", "建议"), "ending", *name) if kind == "cppcc_proposal" else "建议"
    return f"关于{text}的{ending}"


def subject_of(title: str) -> str:
    """Return what a title is about, without the words that every title has."""
    return title.removeprefix("关于").removesuffix("的建议").removesuffix("的提案")


def _addressee(proposal: Proposal) -> str:
    if proposal.lead_proposer.endswith("委会"):
        return proposal.lead_proposer
    return proposal.lead_proposer + ("代表" if proposal.kind == "deputy_suggestion" else "委员")


class ReplyWriter:
    """Writes replies out of what units of a topic usually say."""

    def __init__(self, measures: str, dice: Dice) -> None:
        self.dice = dice
        self.measures: dict[str, list[str]] = {}
        for row in rows(measures, "|"):
            self.measures.setdefault(row["topic"], []).append(row["sentence"])

    def reply(self, proposal: Proposal, unit_id: str, outcome: str, number: int, *, has_met: bool) -> str:
        """Return the full text of a unit's reply; ``number`` is its round. Merged proposals get the same one."""
        draw = (proposal.merged_into or proposal.proposal_id, unit_id, number)
        opening = AGAIN if number > 1 else self.dice.pick(OPENINGS, "opening", *draw).format(topic=proposal.topic)
        subject = self.dice.pick(SUBJECTS, "subject", *draw)
        return "\n".join(
            (
                f"{_addressee(proposal)}：",
                f"您提出的《{proposal.title}》（第{proposal.number}号）{opening}",
                (self.dice.pick(MET, "met", *draw) if has_met else "")
                + subject.format(matter=proposal.matter.text, fact=proposal.matter.fact),
                *self._measures(proposal, draw),
                self.dice.pick(OUTCOMES[outcome], "outcome", *draw).format(month=self._month(draw)),
                self.dice.pick(CLOSINGS, "closing", *draw),
            )
        )

    def _measures(self, proposal: Proposal, draw: tuple[object, ...]) -> list[str]:
        known = self.measures[proposal.topic]
        chosen = self.dice.some(known, self.dice.between(2, 4, "measures", *draw), "measure", *draw)
        return [f"{'一二三四'[index]}是{self._filled(text, draw, index)}。" for index, text in enumerate(chosen)]

    def _filled(self, text: str, draw: tuple[object, ...], index: int) -> str:
        small, large = self.dice.between(2, 9, "m", index, *draw), self.dice.between(11, 96, "n", index, *draw)
        return text.format(m=small, n=large, month=self._month(draw))

    def _month(self, draw: tuple[object, ...]) -> int:
        return self.dice.between(2, 5, "month", *draw)
