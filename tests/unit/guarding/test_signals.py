"""Signals around a command: when they interrupt, and when they wait."""

import os
import signal
import subprocess

import pytest

from driftaudit.guarding.signals import taken_signals


def test_before_the_command_each_interrupts() -> None:
    with taken_signals():
        for number in (signal.SIGTERM, signal.SIGINT):  # the second one, where giving up takes long
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)


def test_what_comes_while_a_command_is_started_is_handed_to_it() -> None:
    with taken_signals() as signals:
        signals.keep()
        signal.raise_signal(signal.SIGTERM)
        process = subprocess.Popen(["sleep", "60"], start_new_session=True)
        signals.hand_to(process)
        assert process.wait(20) == -signal.SIGTERM


def test_afterwards_only_what_may_be_given_up_is_interrupted_and_once() -> None:
    with taken_signals() as signals:
        signals.keep()
        signals.take_back()
        with pytest.raises(KeyboardInterrupt), signals.interrupting():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                signal.raise_signal(signal.SIGINT)  # somebody who is impatient
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), signals.interrupting():
            os._exit(1)  # never reached: one has come already
        with signals.interrupting():
            pass


def test_what_was_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with taken_signals():
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, before)
