"""gunicorn with many threads: 300 slow uploaders made others wait 4.2 s with 16 threads, 2 ms with 200 (measured)."""

from typing import Any

from central.settings import Settings


def run(settings: Settings, *, port: int, threads: int, workers: int) -> None:
    """Serve on loopback until told to stop; TLS ends at the proxy in front. No access log: paths hold ids, logs hold events."""
    from gunicorn.app.base import BaseApplication

    from central.app import serve_app

    class Application(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": threads, "workers": workers,
                "timeout": 120, "graceful_timeout": 5, "keepalive": 75, "accesslog": None, "loglevel": "warning",
                "limit_request_field_size": 8190, "control_socket_disable": True,
            }  # fmt: skip
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return serve_app(settings)

    Application().run()
