"""Sign-in: tokens, their expiry, and the links that set a password."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from junheng import bootstrap
from junheng.adapters import passwords
from junheng.store import users as store
from junheng.store.tables.users import SignInFailureRow, SignInLinkRow, SignInRow
from tasks.people import sign_ins as signing_in
from tasks.people import users
from tasks.people.users import UserRefused
from tests import old_users

NOON = datetime(2025, 11, 4, 4, tzinfo=UTC)
SPRING, AUTUMN = "春天的操场很大很大", "秋天的操场更大更大"
HERE = "127.0.0.1"
SHORT = "1234567"


def sign_in(name: str = "张三", password: str = SPRING, *, now: datetime = NOON) -> str | None:
    return signing_in.sign_in(name, password, address=HERE, now=now)


def use(token: str, *, name: str = "张三", password: str = SPRING, now: datetime = NOON) -> str:
    return signing_in.use_link(token, name=name, password=password, address=HERE, now=now)


@pytest.fixture
def _zhang() -> None:
    users.add("张三", SPRING, now=NOON)


@pytest.mark.usefixtures("_zhang")
class TestSignIn:
    def test_the_right_password_gives_a_token_for_twelve_hours(self) -> None:
        token = sign_in() or ""

        assert signing_in.name_of(token, now=NOON + timedelta(hours=11, minutes=59)) == "张三"
        assert signing_in.name_of(token, now=NOON + timedelta(hours=12)) is None
        assert signing_in.name_of(f"{token}x", now=NOON) is None

    @pytest.mark.parametrize(
        ("name", "password"), [("张三", AUTUMN), ("李四", SPRING), ("", ""), ("张\0三", SPRING)]
    )
    def test_a_wrong_name_or_password_gives_no_token_and_is_recorded(
        self, name: str, password: str
    ) -> None:
        assert sign_in(name, password) is None

        with bootstrap.reading_session() as session:
            [row] = session.exec(select(SignInFailureRow))
        assert (row.address, row.name, row.at) == (HERE, name.replace("\0", "\ufffd"), NOON)

    def test_a_failed_name_is_recorded_up_to_a_hundred_characters(self) -> None:
        sign_in("长" * 5000)

        with bootstrap.reading_session() as session:
            [row] = session.exec(select(SignInFailureRow))
        assert row.name == "长" * 100

    def test_the_token_is_not_stored(self) -> None:
        token = sign_in() or ""

        with bootstrap.reading_session() as session:
            [row] = session.exec(select(SignInRow))
        assert token not in str(row.model_dump())

    def test_sign_out_ends_one_token_only(self) -> None:
        token, other = sign_in() or "", sign_in() or ""

        signing_in.sign_out(token, now=NOON)

        assert signing_in.name_of(token, now=NOON) is None
        assert signing_in.name_of(other, now=NOON) == "张三"

    def test_sign_ins_that_ended_ninety_days_ago_are_deleted(self) -> None:
        sign_in()
        sign_in("李四")

        sign_in(now=NOON + timedelta(days=91))

        with bootstrap.reading_session() as session:
            assert len(session.exec(select(SignInRow)).all()) == 1
            assert not session.exec(select(SignInFailureRow)).all()

    def test_a_password_changed_while_it_was_verified_gives_no_token(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verify = passwords.matches

        def change_and_verify(kept: str | None, password: str) -> bool:
            is_right = verify(kept, password)
            with bootstrap.users_session() as session:
                store.put(session, "张三", "changed", now=NOON)
            return is_right

        monkeypatch.setattr(passwords, "matches", change_and_verify)

        assert sign_in() is None
        assert users.valid_sign_ins(now=NOON) == ()


def test_a_hash_of_an_older_version_is_renewed_at_the_first_sign_in(junheng_home: Path) -> None:
    old_users.write(junheng_home / "users.yaml", 张三=SPRING)
    users.import_file(now=NOON)

    assert sign_in(password=AUTUMN) is None
    assert _hash().startswith("$scrypt$")
    token = sign_in() or ""

    assert _hash().startswith("$argon2id$")
    assert signing_in.name_of(token, now=NOON) == "张三"
    assert sign_in() is not None
    assert sign_in(password=AUTUMN) is None


def _hash() -> str:
    with bootstrap.reading_session() as session:
        user = store.named(session, "张三")
    return "" if user is None else user.password_hash


class TestLinks:
    def test_the_first_user_chooses_a_password_and_is_signed_in(self) -> None:
        link = signing_in.issue_link_token(now=NOON)

        token = use(link)

        assert signing_in.name_of(token, now=NOON) == "张三"
        assert sign_in() is not None

    def test_a_link_is_valid_once(self) -> None:
        link, other = signing_in.issue_link_token(now=NOON), signing_in.issue_link_token(now=NOON)
        use(link)

        for used in (link, other):
            assert not signing_in.is_link_valid(used, now=NOON)
            with pytest.raises(UserRefused, match="已经用过、过期了"):
                use(used, name="李四")
        assert users.names() == ("张三",)

    def test_a_link_is_valid_for_fifteen_minutes(self) -> None:
        link = signing_in.issue_link_token(now=NOON)
        late = NOON + timedelta(minutes=15)

        assert signing_in.is_link_valid(link, now=late - timedelta(seconds=1))
        assert not signing_in.is_link_valid(link, now=late)
        with pytest.raises(UserRefused, match="过期了"):
            use(link, now=late)

    def test_an_unknown_link_is_refused(self) -> None:
        with pytest.raises(UserRefused, match="这个链接"):
            use("nonsense")

    def test_a_link_for_the_first_user_is_refused_if_a_user_exists(self) -> None:
        link = signing_in.issue_link_token(now=NOON)
        users.add("李四", SPRING, now=NOON)

        assert not signing_in.is_link_valid(link, now=NOON)
        with pytest.raises(UserRefused, match="已经有登录用户"):
            use(link)
        with pytest.raises(UserRefused, match="已经有登录用户"):
            signing_in.issue_link_token(now=NOON)

    def test_a_refused_password_leaves_the_link_usable(self) -> None:
        link = signing_in.issue_link_token(now=NOON)

        with pytest.raises(UserRefused, match="密码至少8个字符"):
            use(link, password=SHORT)

        assert use(link)

    @pytest.mark.usefixtures("_zhang")
    def test_a_link_for_a_user_changes_only_that_users_password(self) -> None:
        link = signing_in.issue_link_token(now=NOON, for_name="张三")

        with pytest.raises(UserRefused, match="这个链接"):
            use(link, name="李四")
        use(link, password=AUTUMN)

        assert (sign_in(), sign_in(password=AUTUMN) is not None) == (None, True)

    def test_the_token_of_a_link_is_not_stored(self) -> None:
        link = signing_in.issue_link_token(now=NOON)

        with bootstrap.reading_session() as session:
            [row] = session.exec(select(SignInLinkRow))
        assert link not in str(row.model_dump())
