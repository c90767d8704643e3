"""The officers, at the centre's desk in a browser."""

from playwright.sync_api import Browser, Page

from tests.journeys.stack import Stack

CHAIN = (
    ("verifikator", "Setujui"),
    ("siak", "Sudah masuk SIAK"),
    ("validator", "Validasi"),
    ("kepala", "Tanda tangani"),
    ("kepala", "Terbitkan"),
)


def log_in(page: Page, stack: Stack, username: str) -> None:
    page.goto(f"http://127.0.0.1:{stack.centre_port}/masuk")
    page.fill("[name=nama]", username)
    page.fill("[name=sandi]", stack.accounts[username])
    page.click("button.main")
    page.locator("h1").first.wait_for()


def open_first(page: Page) -> None:
    page.locator("tbody a").first.click()
    page.locator(".case").wait_for()


def publish(browser: Browser, stack: Stack) -> None:
    """Verify, enter, validate, sign, publish: five officers' turns."""
    for username, action in CHAIN:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.set_default_timeout(20_000)
        log_in(page, stack, username)
        open_first(page)
        page.get_by_role("button", name=action, exact=True).first.click()
        page.locator("nav").wait_for()
        context.close()
