"""The shell's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.errors import DomainError
from caresmith.web.pages import Pages
from functions.console.identity import Step

_pages: Final = Pages(Path(__file__).with_name("templates"))

_REASONS: Final = {
    "idle": "You were logged off because nothing was done for a while.",
    "bye": "You are logged off.",
}


def login_page(
    back: str, *, username: str = "", reason: str = "", error: DomainError | None = None
) -> Response[str]:
    return _pages.render(
        "console/login.html",
        status=error.status if error else 200,
        back=back,
        username=username,
        notice=_REASONS.get(reason, ""),
        problem=error.title if error else "",
    )


def new_password_page(step: Step, back: str, *, problem: str = "") -> Response[str]:
    return _pages.render(
        "console/new_password.html",
        status=422 if problem else 200,
        step=step,
        back=back,
        problem=problem,
    )


def code_page(step: Step, back: str, *, problem: str = "") -> Response[str]:
    return _pages.render(
        "console/code.html", status=401 if problem else 200, step=step, back=back, problem=problem
    )


def setup_page(step: Step, back: str, *, problem: str = "") -> Response[str]:
    import segno

    qr = segno.make(step.otpauth, error="m").svg_data_uri(scale=4, border=2)
    return _pages.render(
        "console/setup.html",
        status=401 if problem else 200,
        step=step,
        back=back,
        qr=qr,
        problem=problem,
    )


def home_page() -> Response[str]:
    return _pages.render("console/home.html", here="/console")


def emergency_page(minutes: int, *, problem: str = "") -> Response[str]:
    return _pages.render(
        "console/emergency.html",
        status=422 if problem else 200,
        minutes=minutes,
        problem=problem,
    )
