"""The command line: ``python -m flows COMMAND …``.

Exit codes: 0 done, 1 the run failed, 2 wrong use or configuration. Errors go to stderr in one paragraph: where, what, what
to do.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from flows.environment import prepare
from tasks.domain.errors import DubanError

COMMANDS = {
    "run": (
        "run",
        "运行一个流程:daily-supervision、delivery、ranking-circular、backlog-review、publication、quality-review、annual-summary……",
    ),
    "backfill": ("backfill", "补算过去的日子:只计算、存档,不发送"),
    "province": ("province", "一次运行多个地区的每日督办,一地失败不影响其他"),
    "obligations": ("exports", "导出某日全部应办事项"),
    "cases": ("exports", "导出某日案件台账"),
    "backlog": ("exports", "导出某日积案清单"),
    "commitments": ("exports", "导出某日承诺台账:历次会议的承诺,谁负责、何时到期、是否兑现"),
    "key-proposals": ("exports", "导出重点建议提案:进展、下一步、逾期"),
    "look-back": ("exports", "导出回头看清单:谁应何时回头看、结果如何"),
    "reclassified": ("exports", "导出办理结果沿革:每次重新归类"),
    "responsibility": ("exports", "导出三级责任人不全的交办"),
    "findings": ("findings", "疑点清单:列出、认定属实或不属实"),
    "repeats": ("repeats", "往届同题:列出疑似、认定或否定"),
    "ranking": ("ranking", "导出某日承办单位排名"),
    "backlog-case": ("backlog_case", "积案:列出、经过、案卷、申请销号"),
    "inspection": ("inspection", "联合督查:拟方案、列出、登记核查情况、报送报告"),
    "sign-off": ("sign_off", "审核、签发:列出、审核、签发、退回"),
    "site": ("site", "公开网站:列出版本、在本机查看、恢复以前的版本"),
    "explain": ("explain", "说明一件建议提案的每个期限和状态为何如此"),
    "outbox": ("outbox", "发件箱:列出、查看、核实送达、重发、登记退信"),
    "silence": ("silence", "静默与情况说明:暂缓升级,到期自动恢复"),
    "check-config": ("check_config", "检查一个地区的全部配置"),
    "rules": ("rules", "列出一个地区的全部期限、依据和核对情况"),
    "import": ("imports", "导入单位、联系人名单(.xlsx),或写出空白表"),
    "compare": ("compare", "与已发的通报逐数对照,指出任何件数都得不出的数"),
    "init": ("init", "为新地区建立一套带说明的配置"),
    "serve": ("serve", "启动界面和全部定时流程(一台机器)"),
    "ledger": ("ledger", "台账:版本、升级、退回、备份、恢复、清理"),
    "watch": ("watch", "值守检查:到点还没有完成当天督办就告警(由 cron 或计划任务运行)"),
    "prefect": ("prefect", "运行 Prefect 自己的命令(server、deploy、worker 等),带上本系统的设置:不外连、密码取自文件"),
    "deployments": ("deployments", "写出 prefect.yaml 的内容(多台机器用工作池时)"),
    "demo": ("demo", "演示:虚构城市的一夜督办,并说明接下来看什么"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    prepare()
    parser = argparse.ArgumentParser(prog="python -m flows", description="督办:人大代表建议与政协提案的督办系统")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    chosen = next((word for word in arguments or sys.argv[1:] if word in COMMANDS), None)
    for name, (module, help_text) in COMMANDS.items():
        own = commands.add_parser(name, help=help_text, description=help_text)
        if name == chosen:
            own.set_defaults(execute=import_module(f"flows.commands.{module}").configure(own, name))
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.execute(parsed))
    except DubanError as error:
        print(f"{error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
