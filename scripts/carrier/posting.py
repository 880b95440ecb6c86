"""Posts to the webhooks what is due, signed, and again where nobody answers.

Twilio gives up on a status callback at once; here the receiver is restarted all
day, so what could not be delivered is tried for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Final

import httpx

from scripts.carrier import twilio
from scripts.carrier.desk import Desk
from scripts.carrier.store import Post

_AT_ONCE: Final = 8
_PAUSE: Final = 0.1
_PATIENCE: Final = (1, 2, 4, 8, 15, 30)
"""Seconds between attempts."""
_SERVER_ERROR: Final = 500


class Poster:
    """Runs until cancelled."""

    def __init__(self, desk: Desk, client: httpx.AsyncClient) -> None:
        self._desk, self._client = desk, client
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        while True:
            if not await self.post_due():
                await asyncio.sleep(_PAUSE)

    async def post_due(self) -> int:
        """Make the posts that are due, those of one thread in order; returns how many."""
        threads: dict[str, list[Post]] = defaultdict(list)
        due = self._desk.store.due_posts(time.time())
        for post in due:
            threads[post.thread].append(post)
        await asyncio.gather(*(self._in_order(posts) for posts in threads.values()))
        return len(due)

    async def _in_order(self, posts: list[Post]) -> None:
        async with self._limit:
            for post in posts:
                await self._make(post)

    async def _make(self, post: Post) -> None:
        store = self._desk.store
        try:
            answer = await self._send(post)
        except httpx.HTTPError as error:
            if post.attempts >= len(_PATIENCE):
                store.post_done(post, type(error).__name__)
            else:
                store.post_again(post, time.time() + _PATIENCE[post.attempts])
            return
        if answer.status_code >= _SERVER_ERROR and post.attempts < len(_PATIENCE):
            store.post_again(post, time.time() + _PATIENCE[post.attempts])
            return
        store.post_done(post, str(answer.status_code))
        if post.kind == "form" and answer.is_success and "Body" in post.content:
            self._desk.carry_answer(post.content, answer.text)

    async def _send(self, post: Post) -> httpx.Response:
        if post.kind == "sns":
            headers = {"Content-Type": "text/plain; charset=UTF-8"}
            return await self._client.post(post.url, content=post.content["body"], headers=headers)
        signed = twilio.signature(post.url, post.content, self._desk.setup.token)
        headers = {"X-Twilio-Signature": signed, "User-Agent": "TwilioProxy/1.1"}
        return await self._client.post(post.url, data=post.content, headers=headers)
