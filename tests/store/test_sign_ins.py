"""Users, sign-ins and links as rows, in SQLite and PostgreSQL."""

import threading
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from junheng.store import sign_ins, users
from junheng.store.database import database
from junheng.store.sign_ins import FIRST_USER, SignIn
from junheng.store.tables.users import SignInFailureRow
from junheng.store.users import User

NOON = datetime(2025, 11, 4, 4, tzinfo=UTC)
EVENING = NOON + timedelta(hours=12)
MINUTE = timedelta(minutes=1)
OLDER, NEWER = "older", "newer"


def add(session: Session, token_hash: str, name: str = "张三") -> None:
    sign_in = SignIn(name, "127.0.0.1", created_at=NOON, expires_at=EVENING)
    sign_ins.add(session, token_hash, sign_in)


def signed_in(address: str, token_hash: str, *, now: datetime = NOON) -> str | None:
    with database.reading(address) as session:
        return sign_ins.name_of(session, token_hash, now=now)


class TestSignIns:
    def test_a_sign_in_is_valid_until_it_expires(self, address: str) -> None:
        with database.session(address) as session:
            add(session, "a")

        assert signed_in(address, "a") == "张三"
        assert signed_in(address, "b") is None
        assert signed_in(address, "a", now=EVENING - MINUTE) == "张三"
        assert signed_in(address, "a", now=EVENING) is None

    def test_a_revoked_sign_in_is_not_valid_and_the_others_are(self, address: str) -> None:
        with database.session(address) as session:
            add(session, "a")
            add(session, "b")

            sign_ins.revoke(session, "a", now=NOON)

        assert (signed_in(address, "a"), signed_in(address, "b")) == (None, "张三")

    def test_all_sign_ins_of_a_user_are_revoked_and_counted(self, address: str) -> None:
        with database.session(address) as session:
            for token_hash, name in (("a", "张三"), ("b", "李四"), ("c", "张三")):
                add(session, token_hash, name)

            assert sign_ins.revoke_all_of(session, "张三", now=NOON) == 2
            assert sign_ins.revoke_all_of(session, "张三", now=NOON) == 0

        with database.reading(address) as session:
            assert [sign_in.name for sign_in in sign_ins.valid(session, now=NOON)] == ["李四"]

    def test_old_sign_ins_and_failures_are_deleted(self, address: str) -> None:
        with database.session(address) as session:
            add(session, "a")
            sign_ins.note_failure(session, address="127.0.0.1", name="王五", now=NOON)

            sign_ins.drop_old(session, before=EVENING)
            assert len(session.exec(select(SignInFailureRow)).all()) == 0
            assert len(sign_ins.valid(session, now=NOON)) == 1
            sign_ins.drop_old(session, before=EVENING + MINUTE)
            assert sign_ins.valid(session, now=NOON) == ()


class TestUsers:
    def test_a_new_password_replaces_the_old_and_revokes_the_sign_ins(self, address: str) -> None:
        with database.session(address) as session:
            users.put(session, "张三", "one", now=NOON)
            add(session, "a")
            users.put(session, "张三", "two", now=NOON)

            assert users.named(session, "张三") == User("张三", "two")
            assert users.names(session) == ("张三",)
        assert signed_in(address, "a") is None

    def test_a_removed_user_is_signed_out_and_may_be_added_again(self, address: str) -> None:
        with database.session(address) as session:
            users.put(session, "张三", "one", now=NOON)
            add(session, "a")

            assert users.remove(session, "张三", now=NOON)
            assert not users.remove(session, "张三", now=NOON)
            assert users.named(session, "张三") is None
            users.put(session, "张三", "two", now=NOON)
            assert users.names(session) == ("张三",)
        assert signed_in(address, "a") is None

    def test_an_import_does_not_change_existing_users(self, address: str) -> None:
        with database.session(address) as session:
            users.put(session, "张三", "ours", now=NOON)
            users.put(session, "王五", "gone", now=NOON)
            users.remove(session, "王五", now=NOON)
            file = {"张三": "theirs", "李四": "theirs", "王五": "theirs"}

            assert users.import_all(session, file, digest="d", now=NOON) == ("李四",)
            assert users.import_all(session, file, digest="d", now=NOON) == ()
            assert users.names(session) == ("张三", "李四")
            assert users.named(session, "张三") == User("张三", "ours")

    def test_a_hash_is_renewed_only_if_it_has_not_changed(self, address: str) -> None:
        with database.session(address) as session:
            users.put(session, "张三", "new", now=NOON)

            users.renew(session, User("张三", "old"), password_hash=OLDER)
            assert users.named(session, "张三") == User("张三", "new")
            users.renew(session, User("张三", "new"), password_hash=NEWER)
            assert users.named(session, "张三") == User("张三", NEWER)


class TestLinks:
    def test_a_link_is_used_once_and_uses_up_the_others(self, address: str) -> None:
        with database.session(address) as session:
            for token_hash, name in (("a", FIRST_USER), ("b", FIRST_USER), ("c", "李四")):
                sign_ins.add_link(
                    session, token_hash, for_name=name, now=NOON, expires_at=NOON + MINUTE
                )

        with database.session(address) as session:
            used = [
                sign_ins.use_link(session, token, now=NOON) for token in ("a", "a", "b", "c", "x")
            ]

        assert used == [True, False, False, True, False]

    def test_an_expired_link_cannot_be_used(self, address: str) -> None:
        with database.session(address) as session:
            sign_ins.add_link(session, "a", for_name="", now=NOON, expires_at=NOON + MINUTE)

            assert not sign_ins.use_link(session, "a", now=NOON + MINUTE)

    def test_of_two_links_used_at_once_one_succeeds(self, address: str) -> None:
        with database.session(address) as session:
            for token_hash in ("a", "b"):
                sign_ins.add_link(
                    session, token_hash, for_name="", now=NOON, expires_at=NOON + MINUTE
                )
        together, used = threading.Barrier(2), []

        def use(token_hash: str) -> None:
            together.wait(30)
            with database.session(address) as session:
                used.append(sign_ins.use_link(session, token_hash, now=NOON))

        racers = [threading.Thread(target=use, args=(token,)) for token in ("a", "b")]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(60)

        assert sorted(used) == [False, True]


def test_reading_does_not_wait_for_a_writer(address: str) -> None:
    with database.session(address) as session:
        add(session, "a")

    with database.session(address) as writing:
        sign_ins.revoke(writing, "a", now=NOON)

        assert signed_in(address, "a") == "张三"
    assert signed_in(address, "a") is None
