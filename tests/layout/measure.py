"""What a ruler and axe find wrong with a page in a real browser: sizes in millimetres, overflow, contrast, names."""

from pathlib import Path

from playwright.sync_api import Page

TOP = Path(__file__).parents[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "elementRef": False,
    "iframes": False,
}
# capitals of 4.8 mm (6.1 mm in large letters), hands 20 mm where they act and 15 mm elsewhere, nothing off the glass, and on a
# standing panel nothing to touch higher than hands reach (1.2 m above the floor; 1.0 m from a wheelchair)
RULER = """() => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'));
  const large = document.documentElement.classList.contains('besar');
  const wrong = [], W = innerWidth, H = innerHeight, root = document.body;
  const reach = H > W ? parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--reach')) * mm : Infinity;
  const hidden = (e) => e.closest('dialog:not([open])') || e.closest('.sr') || e.closest('svg') || e.closest('[hidden]');
  if (root.scrollHeight > H + 1 || root.scrollWidth > W + 1) wrong.push(`page overflows: ${root.scrollWidth}x${root.scrollHeight}`);
  const top = document.querySelector('main')?.getBoundingClientRect().top ?? 0;
  for (const e of document.querySelectorAll('main *')) {
    if (!hidden(e) && e.getBoundingClientRect().height && e.getBoundingClientRect().top < top - 2) wrong.push(`under the header: ${e.tagName}.${e.className} by ${Math.round(top - e.getBoundingClientRect().top)} px`);
  }
  for (const e of document.querySelectorAll('main, main *')) {
    if (hidden(e) || ['IMG', 'INPUT', 'svg'].includes(e.tagName) || getComputedStyle(e).display === 'inline') continue;
    if (e.clientHeight > 0 && e.scrollHeight > e.clientHeight + 12) wrong.push(`overflows: ${e.tagName}.${e.className} ${e.scrollHeight}>${e.clientHeight}`);
  }
  for (const e of document.querySelectorAll('button, a, input:not([type=hidden]), textarea')) {
    if (hidden(e)) continue;
    const r = e.getBoundingClientRect(); if (!r.width) continue;
    const name = e.textContent.trim().slice(0, 24) || e.id;
    if (r.bottom > H + 1 || r.right > W + 1 || r.top < -1 || r.left < -1) wrong.push(`off the glass: ${name}`);
    if (!e.matches('input, textarea') && H - r.top > reach + 1) wrong.push(`above reach: ${name}, ${((H - r.top) / mm).toFixed(0)} mm up`);
    const least = e.matches('.do .key:not(.row .key), .btn.main, .tile, .btn.huge') ? 19.9 : 14.9;
    if (Math.min(r.width, r.height) / mm < least) wrong.push(`small: ${name} ${(r.width / mm).toFixed(1)}x${(r.height / mm).toFixed(1)} mm`);
  }
  const boxes = [...document.querySelectorAll('main button')].filter((e) => !hidden(e)).map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, b] = [boxes[i][1], boxes[j][1]];
    if (boxes[i][0].matches('.handle') || boxes[j][0].matches('.handle')) continue;
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) wrong.push(`over each other: ${boxes[i][0].textContent.trim().slice(0, 20)} / ${boxes[j][0].textContent.trim().slice(0, 20)}`);
  }
  for (const a of document.querySelectorAll('main > .say > *')) for (const b of document.querySelectorAll('main > .do > *')) {
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    if (!hidden(a) && !hidden(b) && Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2) wrong.push(`words over each other: ${a.textContent.trim().slice(0, 20)} / ${b.textContent.trim().slice(0, 20)}`);
  }
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement; if (!walk.currentNode.textContent.trim() || hidden(e)) continue;
    const range = document.createRange(); range.selectNodeContents(walk.currentNode);
    const cut = getComputedStyle(e).textOverflow === 'ellipsis';
    const box = (cut ? e : range).getBoundingClientRect(); if (!box.width) continue;
    const capital = parseFloat(getComputedStyle(e).fontSize) * 0.668 / mm;
    if (capital < (large ? 6.1 : 4.8) - 0.001) wrong.push(`letters of ${capital.toFixed(2)} mm: ${walk.currentNode.textContent.trim().slice(0, 20)}`);
    if (box.bottom > H + 1 || box.right > W + 1 || box.left < -1) wrong.push(`words off the glass: ${walk.currentNode.textContent.trim().slice(0, 24)}`);
    const button = e.closest('button'); if (button) { const r = button.getBoundingClientRect(); if (box.right > r.right + 2 || box.bottom > r.bottom + 2 || box.left < r.left - 2) wrong.push(`words out of their button: ${walk.currentNode.textContent.trim().slice(0, 24)}`); }
  }
  return wrong;
}"""


def ruled(page: Page) -> list[str]:
    """What the ruler says of the page as it is shown."""
    page.evaluate("() => document.fonts.ready.then(() => null)")  # until then other letters stand there, and wider ones
    found: list[str] = page.evaluate(RULER)
    return found


def axed(page: Page) -> list[str]:
    """axe-core's violations."""
    if not page.evaluate("() => 'axe' in window"):  # a visit keeps its window
        page.evaluate((TOP / "build" / "test" / "axe.min.js").read_text() + ";1")
    result = page.evaluate("options => axe.run(options)", OPTIONS)
    return [f"axe {violation['id']}: {violation['nodes'][0]['html'][:90]}" for violation in result["violations"]]
