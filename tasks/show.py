"""Show a site that was built, or put it before those who must sign it first."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.publishing import folder_of, rules_of
from tasks.adapters.workplace import open_workplace
from tasks.publish import show_site
from tasks.record import Day
from tasks.sign_site import put_before_signers


@task(name="公开网站", task_run_name="公开 {version}", cache_policy=NO_CACHE)
def show(jurisdiction: str, version: str, day: Day) -> dict[str, str | int]:
    """Show that version; where the jurisdiction asks for sign-off it stays unseen and waits."""
    workplace = open_workplace(jurisdiction)
    if rules_of(workplace).needs_sign_off:
        waiting = put_before_signers(workplace, version, day)
        get_run_logger().info("网站待审核、签发：编号 %s，校验码 %s", waiting["document"], waiting["checksum"])
        return waiting
    show_site(workplace, version, day.moment.date(), day.now)
    get_run_logger().info("网站已更新，请打开 %s", folder_of(workplace).current / "index.html")
    return {"shown": version}
