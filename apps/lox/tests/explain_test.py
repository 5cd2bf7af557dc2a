# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`inlay-lox explain`, as text and as a page in a real browser: explain_test.py CASE INLAY_LOX."""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIP = 77
PROGRAM = """\
fun fib(n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}
class Point {
  init(x, y) {
    this.x = x;
    this.y = y;
  }
  length2() {
    return this.x * this.x + this.y * this.y;
  }
}
fun never() { print "<never> & \\\\ hot"; }
fun sum(count) {
  var total = 0;
  for (var i = 0; i < count; i = i + 1) {
    for (var j = 0; j < 3; j = j + 1) {
      total = total + Point(i, j).length2();
    }
  }
  return total;
}
print fib(20);
print sum(30000);
"""
OUTPUT = "6765\n26998650165000"
# What the page is asked about itself; each finding is a line of text.
CHECKS = """
const findings = [];
const fail = (text) => findings.push(text);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const click = (element) => element.dispatchEvent(new MouseEvent('click', {bubbles: true}));
const key = (element, name) => element.dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true, cancelable: true}));
const same = (a, b) => a.length === b.length && a.every((each) => b.includes(each));
const selected = (selector) => all(selector + '.selected').filter((each) => !each.closest('[hidden]'));
let units = 0, chosenLines = 0, chosenBlocks = 0;
const fits = (where) => {
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) fail(`${where}: the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
  for (const panel of all('.panel'))
    if (panel.scrollWidth > panel.clientWidth) fail(`${where}: ${panel.id} is ${panel.scrollWidth} wide in ${panel.clientWidth}`);
  for (const text of all('nav button, .panel li, h1, h3, p'))
    if (text.offsetParent && text.scrollWidth > text.clientWidth + 1) fail(`${where}: overflows: ${text.textContent}`);
};
const seen = (element, panel) => {
  const at = element.getBoundingClientRect(), frame = document.querySelector(panel).getBoundingClientRect();
  return at.bottom > frame.top && at.top < frame.bottom;
};
for (const button of all('nav button')) {
  click(button);
  const title = button.textContent;
  fits(title);
  const unit = button.dataset.unit;
  const shown = all('.unit:not([hidden])');
  if (!shown.every((each) => each.dataset.unit === unit)) fail(`${title}: something of another is shown`);
  const instructions = all(`#code .unit[data-unit="${unit}"] li`), blocks = all(`#picture .unit[data-unit="${unit}"] .block`);
  if (!button.classList.contains('compiled')) {
    if (instructions.length || blocks.length) fail(`${title}: is not compiled, and has code`);
    continue;
  }
  ++units;
  if (!instructions.length || !blocks.length) fail(`${title}: there is no code`);
  for (const block of blocks) {
    const box = block.querySelector('path, polygon').getBBox();
    for (const text of all('text', block)) {
      const at = text.getBBox();
      if (at.x < box.x || at.x + at.width > box.x + box.width) fail(`${title}: a label leaves its block: ${text.textContent}`);
    }
  }
  for (const line of all('#source li')) {
    const own = instructions.filter((each) => each.dataset.line === line.dataset.line);
    if (!own.length) continue;
    ++chosenLines;
    click(line);
    if (!same(selected('#source li'), [line])) fail(`${title}: line ${line.dataset.line} is not what is selected`);
    if (!same(selected('#code li'), own)) fail(`${title}: line ${line.dataset.line} selects other instructions`);
    const names = own.map((each) => each.dataset.block);
    if (!same(selected('#picture .block'), blocks.filter((each) => names.includes(each.id)))) fail(`${title}: line ${line.dataset.line} selects other blocks`);
    if (innerWidth > 1200 && !seen(own[0], '#code')) fail(`${title}: the code of line ${line.dataset.line} is out of sight`);
    if (Number(line.querySelector('.weight').textContent) !== own.length) fail(`${title}: the weight of line ${line.dataset.line}`);
  }
  for (const block of blocks) {
    ++chosenBlocks;
    click(block);
    const own = instructions.filter((each) => each.dataset.block === block.id);
    const lines = own.map((each) => each.dataset.line);
    if (!own.length) fail(`${title}: a block without instructions`);
    if (!same(selected('#picture .block'), [block])) fail(`${title}: a block is not what is selected`);
    if (!same(selected('#code li'), own)) fail(`${title}: a block selects other instructions`);
    if (!same(selected('#source li'), all('#source li').filter((each) => lines.includes(each.dataset.line)))) fail(`${title}: a block selects other lines`);
  }
  const last = instructions[instructions.length - 1];
  click(last);
  if (!same(selected('#code li'), [last]) || selected('#picture .block').some((each) => each.id !== last.dataset.block)) fail(`${title}: an instruction selects other things`);
  key(last, 'ArrowUp');
  if (!same(selected('#code li'), [instructions[instructions.length - 2]])) fail(`${title}: arrows do not move`);
  key(blocks[0], 'Enter');
  if (!same(selected('#picture .block'), [blocks[0]])) fail(`${title}: Enter does not choose a block`);
  if (blocks.length > 1) {
    key(blocks[0], 'ArrowDown');
    if (document.activeElement !== blocks[1]) fail(`${title}: the focus does not follow the arrows`);
  }
  key(document.body, 'Escape');
  if (all('.selected').length) fail(`${title}: Escape does not let go`);
}
if (!all('nav button')[0].matches('button')) fail('no buttons');
const result = document.createElement('pre');
result.id = 'findings';
result.textContent = JSON.stringify({findings: findings.concat(window.testErrors), units, chosenLines, chosenBlocks});
document.body.append(result);
"""
# A browser lets nobody change the address hundreds of times in a second.
ERRORS = """<script>window.testErrors = [];
history.replaceState = () => {};
addEventListener('error', (event) => window.testErrors.push('error: ' + event.message));
addEventListener('securitypolicyviolation', (event) => window.testErrors.push('not allowed: ' + event.blockedURI));</script>"""


def fail(reason, text=""):
    sys.exit(f"{reason}\n{text}")


def lox(work, program, *options, status=0):
    """Standard output of explaining the program."""
    script = os.path.join(work, "script.lox")
    with open(script, "w") as file:
        file.write(program)
    done = subprocess.run([executable, "explain", script, *options], capture_output=True, text=True, timeout=120)
    if done.returncode != status:
        fail(f"ended with {done.returncode}, not {status}", done.stdout + done.stderr)
    return done.stdout


def page_of(work, program, status=0):
    path = os.path.join(work, "page.html")
    said = lox(work, program, "--html", path, status=status)
    if said:
        fail("beside the page, something is printed", said)
    with open(path) as file:
        return path, file.read()


def browse(work, path, fragment="", size="1500,1000", *options):
    """The page as the browser has it at the end, and what it complains of."""
    browser = shutil.which("chromium")
    if not browser:
        print("chromium is not installed (scripts/packages.txt names its package)")
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory(dir=work) as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
             f"--window-size={size}", "--enable-logging=stderr", *options, "--dump-dom", "file://" + path + fragment],
            capture_output=True, text=True, timeout=120)
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    if done.returncode != 0 or complaints:
        fail("the browser complains", "\n".join(complaints) or done.stderr)
    return done.stdout


def check_in_browser(work, text, size, *options):
    path = os.path.join(work, "checked.html")
    with open(path, "w") as file:
        file.write(text.replace("<head>", "<head>" + ERRORS, 1).replace("</body>", f"<script>{CHECKS}</script></body>", 1))
    dom = browse(work, path, "", size, *options)
    found = re.search(r'<pre id="findings">(.*?)</pre>', dom, re.DOTALL)
    if not found:
        fail("the checks in the page did not end", dom[-3000:])
    result = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    if result["findings"]:
        fail(f"in a window of {size}", "\n".join(result["findings"]))
    return result


class Balance(html.parser.HTMLParser):
    """Whether tags close what they opened."""
    VOID = {"meta", "link", "br", "img"}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href") and not (value or "").startswith("data:"):
                fail(f"the page needs {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            fail(f"</{tag}> closes nothing")

    def handle_startendtag(self, tag, attributes):
        pass


def many_blocks():
    body = "".join(f"  if (n == {i}) x = x + n;\n  else x = x - {i};\n" for i in range(200))
    return f"fun big(n) {{\n  var x = 0;\n{body}  return x;\n}}\nvar s = 0;\nfor (var i = 0; i < 9000; i = i + 1) s = s + big(i);\nprint s;\n"


case, executable = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="inlay-explain-") as work:
    if case == "text":
        text = lox(work, PROGRAM)
        for pattern in (r"^\S*script\.lox: \d of 6 functions and \d of 2 loops were compiled\.$",
                        r"^fib, line 1: compiled\n  \d+ calls of closures .* inlined; \d+ LLVM instructions; \d+ bytes of machine code",
                        r"^ +\d+ +3    return fib\(n - 1\) \+ fib\(n - 2\);\n +- calling a Lox function, straight",
                        r"^ +- slow path: property lookup when the shape is another",
                        r"^ +- slow path: setting a property when the shape is another",
                        r"^Not compiled by themselves:\n(.*\n)*  never, line 14: never hot: 0 calls"):
            if not re.search(pattern, text, re.MULTILINE):
                fail(f"nothing matches {pattern!r}", text)
        if OUTPUT.splitlines()[1] in text:
            fail("what the program prints is there", text)
        if "the runtime's" in text:
            fail("a call has no words of its own", text)
    elif case == "output":
        text = lox(work, PROGRAM, "--output")
        if not text.startswith(OUTPUT + "\n") or "fib, line 1: compiled" not in text:
            fail("the program's output does not come first", text)
    elif case == "errors":
        text = lox(work, PROGRAM + "fib(nothing);\n", status=70)
        if "fib, line 1: compiled" not in text:
            fail("a program that fails in the end is not explained", text)
        if lox(work, "print ;", status=65) != "":
            fail("a program that cannot be compiled is explained")
        if "0 of 1 functions" not in lox(work, ""):
            fail("an empty program is not explained")
        lox(work, PROGRAM, "--html", "/nonexistent/page.html", status=74)
    elif case == "page":
        text = page_of(work, PROGRAM)[1]
        balance = Balance()
        balance.feed(text)
        if balance.open:
            fail(f"left open: {balance.open}")
        if "&lt;never&gt; &amp; \\\\ hot" not in text or "<never>" in text:
            fail("the source is not quoted as it should be")
        if re.search(r"https?://(?!www\.w3\.org/)", text):
            fail("the page names addresses")
    elif case == "wide":
        result = check_in_browser(work, page_of(work, PROGRAM)[1], "1500,1000")
        if result["units"] < 3 or result["chosenLines"] < 8 or result["chosenBlocks"] < 20:
            fail("too little was there to check", str(result))
    elif case == "narrow":
        check_in_browser(work, page_of(work, PROGRAM)[1], "500,900")
        check_in_browser(work, page_of(work, PROGRAM)[1], "800,1200", "--blink-settings=preferredColorScheme=0")
    elif case == "link":
        path, text = page_of(work, PROGRAM)
        unit = re.search(r'data-unit="(\d+)"[^>]*class="compiled">fib ', text)[1]
        dom = browse(work, path, f"#unit={unit}&line=3")
        lines = re.findall(r'<li role="option" data-line="(\d+)"[^>]*class="selected"', dom)
        code = re.findall(r'<li role="option" id="u\d+f\d+i\d+" data-line="(\d+)" data-block="u\d+f\d+b\d+"[^>]*class="[^"]*selected', dom)
        if lines != ["3"] or set(code) != {"3"} or not re.search(r'class="node block [a-z-]+ selected"', dom):
            fail(f"the address selects lines {lines} and code of {set(code)}")
    elif case == "large":
        text = page_of(work, many_blocks())[1]
        if not re.search(r"Too large for a picture of all: \d+ of \d+ blocks are left out", text):
            fail("nothing is said of a picture that is too large")
        check_in_browser(work, text, "1500,1000")
    else:
        sys.exit(f"no case {case}")
