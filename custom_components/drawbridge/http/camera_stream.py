"""The stream of a camera: its stills, one after another, for as long as the client reads and the key may."""

import asyncio
from typing import Final

from aiohttp import hdrs, web

from ..keys import ApiKey
from ..operations import images
from ..operations.images import Picture
from ..refusal import Refusal, RefusedError
from .call import Call
from .headers import add_headers
from .live import LiveResponse, counted
from .security_headers import NO_STORE

TRANSPORT: Final = "camera"
_CONTENT_TYPE: Final = "multipart/x-mixed-replace; boundary=--frameboundary"
"""As in Home Assistant."""


class CameraStream(LiveResponse):
    """One stream of a client. The key and the scope are checked for each picture."""

    def __init__(self, call: Call, entity_id: str, interval: float | None) -> None:
        """Create the stream of a request. ``interval`` is the time between pictures in seconds, if one is asked for."""
        super().__init__(call)
        self._entity_id = entity_id
        self._interval = interval
        self._over = asyncio.Event()

    async def serve(self) -> web.StreamResponse:
        """Send pictures until the client, the key or the camera is gone.

        Raises:
            RefusedError: There is no such camera in scope, it is off, it has no picture, or there are too many
                connections.

        """
        with counted(self._call.bridge, self, TRANSPORT):
            interval = self._interval or images.camera_interval(self._caller(), self._entity_id)
            picture = await self._picture()
            if self._over.is_set():
                raise RefusedError(Refusal.KEY_CHANGED)
            response = web.StreamResponse(headers={hdrs.CACHE_CONTROL: NO_STORE, hdrs.CONTENT_TYPE: _CONTENT_TYPE})
            add_headers(self._call, response)
            try:
                await response.prepare(self._call.request)
                if self._call.request.method != hdrs.METH_HEAD:
                    await self._write(response, picture, interval)
            except ConnectionError, RefusedError:
                # The client or the camera is gone.
                pass
        return response

    async def _write(self, response: web.StreamResponse, picture: Picture, interval: float) -> None:
        last: bytes | None = None
        while not self._over.is_set():
            if picture.content != last:
                # Browsers show the picture before the last one, so the first is sent twice, as Home Assistant does.
                await response.write(_part(picture) * (2 if last is None else 1))
                last = picture.content
            try:
                async with asyncio.timeout(interval):
                    await self._over.wait()
            except TimeoutError:
                picture = await self._picture()

    async def _picture(self) -> Picture:
        return await images.camera_picture(self._caller(), self._entity_id, None, None)

    # --- The key

    def change_key(self, key: ApiKey) -> None:
        """Take over the changed key. The stream ends if it does not see the camera any more."""
        self._key = key
        refused = self._call.bridge.admission.authorize(key, images.CAMERA_STREAM.capability)
        if refused is not None or not self._caller().home.allows(self._entity_id):
            self.end("The key does not see the camera any more.")

    def end(self, reason: str, *, going_away: bool = False) -> None:  # noqa: ARG002 - a stream has no place for it
        """End the stream."""
        self._over.set()
        self._drop_unread()


def _part(picture: Picture) -> bytes:
    head = f"--frameboundary\r\nContent-Type: {picture.content_type}\r\nContent-Length: {len(picture.content)}\r\n\r\n"
    return head.encode() + picture.content + b"\r\n"
