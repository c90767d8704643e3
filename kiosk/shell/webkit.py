"""The pywebview window on WebKitGTK, hardened.

No ``js_api``: a page script reached ``os.system`` through it when it was tried. pywebview's own policy handler loads
``target=_blank`` in place and turns ``alert()`` into a modal dialog, so ours replaces it. The web process ends after
each visit, which frees its memory (372 → 270 MB measured) and destroys whatever the last visitor's page held.
Uses internals of pywebview 6.2 (``BrowserView.instances``, ``on_navigation``, ``message_box``): pinned, and held by
a smoke test.
"""

import logging
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from kiosk.shell import FreshAddress

log = logging.getLogger(__name__)

# WebKit's DMABUF renderer gives blank windows on some drivers and costs 120 MB more (measured).
ENVIRONMENT = {"WEBKIT_DISABLE_DMABUF_RENDERER": "1"}


class WebkitShell:
    """One full-screen window at (0, 0), without any window manager's help."""

    def __init__(self, *, address: FreshAddress, origin: str, width: int, height: int) -> None:
        self._address, self._origin, self._size = address, origin, (width, height)
        self._window: Any = None
        self._view: Any = None

    def run(self) -> None:
        os.environ.update(ENVIRONMENT)
        import webview

        for name in ("OPEN_EXTERNAL_LINKS_IN_BROWSER", "ALLOW_DOWNLOADS", "ALLOW_FILE_URLS"):
            webview.settings[name] = False
        width, height = self._size
        self._window = webview.create_window(
            "Kios", self._address(), fullscreen=True, x=0, y=0, width=width, height=height,
            easy_drag=False, text_select=True, background_color="#f6f4ef",
        )  # fmt: skip
        webview.start(self._harden_when_shown, gui="gtk", private_mode=True, debug=False)

    def renew(self) -> None:
        if self._view is not None:
            _on_gtk_thread(self._forget)

    def close(self) -> None:
        if self._window is not None:
            self._window.destroy()

    def _harden_when_shown(self) -> None:
        self._window.events.shown.wait(30)
        _on_gtk_thread(self._harden)

    def _harden(self) -> None:
        import gi

        gi.require_version("WebKit2", "4.1")
        from webview.platforms.gtk import BrowserView

        browser = BrowserView.instances[self._window.uid]
        self._view = browser.webview
        close_settings(self._view.get_settings())
        self._view.disconnect_by_func(browser.on_navigation)
        browser.message_box = lambda _message: None
        guard_signals(self._view, self._origin, reload=self._load_home)
        guard_window(browser.window)
        log.info("window_hardened")

    def _load_home(self) -> None:
        self._view.load_uri(self._address())

    def _forget(self) -> None:
        from gi.repository import WebKit2

        manager = self._view.get_context().get_website_data_manager()
        manager.clear(WebKit2.WebsiteDataTypes.ALL, 0, None, None)
        self._view.terminate_web_process()  # "web-process-terminated" then loads a fresh address


def _on_gtk_thread(action: Callable[[], None]) -> None:
    from gi.repository import GLib

    def once() -> bool:
        action()
        return False

    GLib.idle_add(once)


def close_settings(settings: Any) -> None:
    """Switch off what a kiosk page never needs: media capture, clipboard, back gestures, page cache, inspector."""
    from gi.repository import WebKit2

    settings.set_enable_back_forward_navigation_gestures(False)
    settings.set_enable_developer_extras(False)
    settings.set_enable_media_stream(False)
    settings.set_enable_page_cache(False)
    settings.set_javascript_can_access_clipboard(False)
    settings.set_javascript_can_open_windows_automatically(False)
    settings.set_media_playback_requires_user_gesture(False)
    settings.set_hardware_acceleration_policy(WebKit2.HardwareAccelerationPolicy.NEVER)


def allowed(address: str, origin: str) -> bool:
    """Whether the window may go there: only our own pages."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" == origin or address in ("about:blank", "about:srcdoc")


def guard_signals(view: Any, origin: str, *, reload: Callable[[], None]) -> None:
    """Refuse foreign addresses, new windows, permissions, printing and dialogs; come back when the web process dies."""
    from gi.repository import WebKit2

    kinds = WebKit2.PolicyDecisionType
    # without this WebKit lets only muted sound begin by itself, whatever the settings say (seen on 2.50)
    aloud = WebKit2.WebsitePolicies(autoplay=WebKit2.AutoplayPolicy.ALLOW)

    def decide(_view: Any, decision: Any, kind: Any) -> bool:
        if kind not in (kinds.NAVIGATION_ACTION, kinds.NEW_WINDOW_ACTION):
            return False
        address = decision.get_navigation_action().get_request().get_uri()
        if kind == kinds.NAVIGATION_ACTION and allowed(address, origin):
            decision.use_with_policies(aloud)
            return True
        log.warning("navigation_refused")
        decision.ignore()
        return True

    def deny(_view: Any, request: Any) -> bool:
        request.deny()
        return True

    def come_back(_view: Any, reason: Any) -> None:
        log.info("web_process_ended reason=%s", reason.value_nick)
        reload()

    view.connect("decide-policy", decide)
    view.connect("permission-request", deny)
    view.connect("web-process-terminated", come_back)
    for signal in ("print", "context-menu", "script-dialog"):
        view.connect(signal, lambda *_arguments: True)
    view.connect("notify::zoom-level", lambda view, _name: view.get_zoom_level() != 1.0 and view.set_zoom_level(1.0))


def guard_window(window: Any) -> None:
    """Swallow Alt+F4 and every control or function key that a browser would take for itself."""
    from gi.repository import Gdk

    modifiers = Gdk.ModifierType.CONTROL_MASK | Gdk.ModifierType.MOD1_MASK
    function_keys = {Gdk.KEY_F1, Gdk.KEY_F5, Gdk.KEY_F11, Gdk.KEY_F12}
    window.connect("delete-event", lambda *_arguments: True)
    window.connect(
        "key-press-event",
        lambda _window, event: bool(event.state & modifiers) or event.keyval in function_keys,
    )
