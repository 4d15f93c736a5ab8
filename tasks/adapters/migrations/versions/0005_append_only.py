"""Audit log and signatures: rows are added, never changed and never removed; the database itself refuses.

A later migration that rebuilds one of these tables (Alembic's batch mode on SQLite) must put the triggers back.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("audit_log", "sign_offs")
ACTS = ("update", "delete")
REFUSAL = "is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        for act in (*ACTS, "truncate") if is_postgresql else ACTS:
            op.execute(f"DROP TRIGGER {table}_no_{act}" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_change()")


def _guard_sqlite() -> None:
    for table in TABLES:
        for act in ACTS:
            refuse = f"SELECT RAISE(ABORT, '{table} {REFUSAL}')"
            op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} BEGIN {refuse}; END")


def _guard_postgresql() -> None:
    refuse = f"RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME"
    op.execute(f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$")
    for table in TABLES:
        # For each statement: also one that meets no row, and TRUNCATE, is refused.
        for act in (*ACTS, "truncate"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
