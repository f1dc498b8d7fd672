"""A headless Chromium driven over a pipe (DevTools protocol), without the network and without another package."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACED = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
"""Chromium speaks over the file descriptors 3 and 4."""


def binary() -> str | None:
    """Where Chromium is, if it is there."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One page of one browser; every address but the page's own file is out of reach."""

    def __init__(self, path: str, profile: Path, *, scripts: bool = True) -> None:
        down, up = os.pipe(), os.pipe()
        theirs = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (down[0], up[1])]
        command = [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                   "--proxy-server=127.0.0.1:9", "--remote-debugging-pipe", f"--user-data-dir={profile}"]  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLACED, *map(str, theirs), *command],
            pass_fds=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for fd in (*theirs, down[0], up[1]):
            os.close(fd)
        self.write, self.read = down[1], up[0]
        self.rest, self.last = b"", 0
        self.events: list[dict[str, Any]] = []
        self.session = ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        if not scripts:
            self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A command and its answer."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self.last:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']['message']}")
                result: dict[str, Any] = said["result"]
                return result
            self.events.append(said)

    def open(self, file: Path) -> None:
        """Show a file and wait until it is there."""
        self.events.clear()
        self.ask("Page.navigate", url=file.resolve().as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def run(self, expression: str) -> Any:
        """The value of some JavaScript; raises RuntimeError where it throws."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """The screen; a phone honours the viewport of the page."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def media(self, kind: str = "", scheme: str = "light") -> None:
        """`print` or a screen, light or dark."""
        self.ask("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key: str, code: int) -> None:
        """A key, down and up, with its Windows code."""
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot, of the screen or of the whole page."""
        found = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def problems(self) -> list[str]:
        """Errors, warnings and exceptions so far, and what was asked of the network."""
        checks: dict[str, Callable[[dict[str, Any]], str]] = {
            "Runtime.exceptionThrown": lambda p: str(p["exceptionDetails"]["text"]),
            "Log.entryAdded": lambda p: str(p["entry"]["text"]),
            "Runtime.consoleAPICalled": lambda p: str(p["args"]),
            "Network.requestWillBeSent": lambda p: "" if p["type"] == "Document" else str(p["request"]["url"]),
            "Page.javascriptDialogOpening": lambda p: str(p["message"]),
        }
        told = [checks[e["method"]](e["params"]) for e in self.events if e["method"] in checks]
        return [problem for problem in told if problem]

    def close(self) -> None:
        """End the browser."""
        self.process.terminate()
        self.process.wait(10)
        os.close(self.write)
        os.close(self.read)

    def _next(self, seconds: float = 60.0) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            if not select.select([self.read], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError(f"Chromium said nothing for {seconds:g} s")
            chunk = os.read(self.read, 1 << 20)
            if not chunk:
                raise RuntimeError("Chromium has ended")
            self.rest += chunk
        line, self.rest = self.rest.split(b"\0", 1)
        found: dict[str, Any] = json.loads(line)
        return found
