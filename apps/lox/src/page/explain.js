// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is chosen stands behind the # of the address: unit=2&line=4, unit=2&block=u2f0b3 or unit=2&instruction=u2f0i7.
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const buttons = all('nav button');
  const lines = all('#source li[data-line]');
  let unit = null;

  const inUnit = (selector) => all(`.unit[data-unit="${unit}"] ${selector}`);
  const instructions = () => inUnit('li[data-block]');
  const blocks = () => inUnit('.block');

  /** Puts an element where it is seen in its panel, without moving the page. */
  function reveal(element) {
    const panel = element.closest('.panel');
    const inner = element.closest('.drawing');
    const at = element.getBoundingClientRect();
    const frame = panel.getBoundingClientRect();
    const title = 40;
    if (at.top < frame.top + title || at.bottom > frame.bottom)
      panel.scrollTop += at.top - frame.top - Math.max(title, (frame.height - at.height) / 3);
    if (!inner) return;
    const across = inner.getBoundingClientRect();
    if (at.left < across.left || at.right > across.right)
      inner.scrollLeft += at.left - across.left - (across.width - at.width) / 2;
  }

  /** Marks what belongs together; `from` is what was chosen, and stays where it is. */
  function mark(isLine, isInstruction, isBlock, from) {
    const groups = [
      [lines, isLine],
      [instructions(), isInstruction],
      [blocks(), isBlock],
    ];
    all('.selected').forEach((each) => each.classList.remove('selected'));
    all('[aria-selected]').forEach((each) => each.removeAttribute('aria-selected'));
    for (const [elements, belongs] of groups) {
      const chosen = elements.filter(belongs);
      chosen.forEach((each) => {
        each.classList.add('selected');
        each.setAttribute('aria-selected', 'true');
      });
      if (chosen.length && !chosen.includes(from)) reveal(chosen[0]);
    }
    if (from) reveal(from);
  }

  function remember(kind, value) {
    const words = new URLSearchParams({unit});
    if (kind) words.set(kind, value);
    history.replaceState(null, '', '#' + words);
  }

  function chooseLine(line, from) {
    const found = instructions().filter((each) => each.dataset.line === line);
    const names = new Set(found.map((each) => each.dataset.block));
    mark((each) => each.dataset.line === line, (each) => found.includes(each), (each) => names.has(each.id), from);
    remember('line', line);
  }

  function chooseBlock(name, from) {
    const found = instructions().filter((each) => each.dataset.block === name);
    const numbers = new Set(found.map((each) => each.dataset.line));
    mark((each) => numbers.has(each.dataset.line), (each) => found.includes(each), (each) => each.id === name, from);
    remember('block', name);
  }

  function chooseInstruction(element) {
    mark((each) => each.dataset.line === element.dataset.line, (each) => each === element,
         (each) => each.id === element.dataset.block, element);
    remember('instruction', element.id);
  }

  function chooseNothing() {
    mark(() => false, () => false, () => false, null);
    remember();
  }

  /** How many instructions of the unit each line has. */
  function weigh() {
    const counts = new Map();
    for (const each of instructions()) counts.set(each.dataset.line, (counts.get(each.dataset.line) || 0) + 1);
    counts.delete('0');
    const most = Math.max(1, ...counts.values());
    for (const line of lines) {
      const weight = line.querySelector('.weight');
      const count = counts.get(line.dataset.line) || 0;
      weight.textContent = count || '';
      weight.title = count ? `${count} machine instructions` : '';
      weight.style.setProperty('--share', `${(100 * count) / most}%`);
    }
  }

  /** One element of each list is reached by Tab, the others by arrows. */
  function setStops() {
    const lists = all('#source ol').concat(inUnit('ol'));
    for (const list of lists) {
      const items = all(':scope > li', list);
      const stop = items.find((each) => each.classList.contains('selected')) || items[0];
      items.forEach((each) => (each.tabIndex = each === stop ? 0 : -1));
    }
    blocks().forEach((each, index) => {
      each.setAttribute('tabindex', index ? '-1' : '0');
      each.setAttribute('role', 'button');
      each.setAttribute('aria-label', all('text', each).map((text) => text.textContent).join(', '));
    });
  }

  function showUnit(number) {
    unit = String(number);
    all('.unit').forEach((each) => (each.hidden = each.dataset.unit !== unit));
    buttons.forEach((each) => each.setAttribute('aria-pressed', each.dataset.unit === unit));
    weigh();
    setStops();
    chooseNothing();
    all('#picture, #code').forEach((each) => (each.scrollTop = 0));
    const first = inUnit('.block')[0];
    if (first) reveal(first);
    const button = buttons[number];
    if (button) reveal(lines[button.dataset.line - 1] || lines[0]);
  }

  function choose(element) {
    if (element.matches('.block')) return chooseBlock(element.id, element);
    if (element.dataset.block) return chooseInstruction(element);
    return chooseLine(element.dataset.line, element);
  }

  const choosable = (event) => event.target.closest('.panel .block, .panel li[role=option]');

  document.addEventListener('click', (event) => {
    const button = event.target.closest('nav button');
    if (button) return showUnit(button.dataset.unit);
    const element = choosable(event);
    if (element) choose(element);
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return chooseNothing();
    const element = choosable(event);
    if (!element || event.ctrlKey || event.altKey || event.metaKey) return;
    const others = element.matches('.block') ? blocks() : all(':scope > li', element.parentElement);
    const at = others.indexOf(element);
    const to = {
      ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: others.length - 1, Enter: at, ' ': at,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = others[Math.min(Math.max(to, 0), others.length - 1)];
    others.forEach((each) => each.setAttribute('tabindex', each === next ? '0' : '-1'));
    next.focus({preventScroll: true});
    choose(next);
  });

  function follow() {
    const words = new URLSearchParams(location.hash.slice(1));
    const compiled = buttons.findIndex((each) => each.classList.contains('compiled'));
    const wanted = words.has('unit') ? Number(words.get('unit')) : Math.max(0, compiled);
    if (!buttons[wanted]) return;
    if (unit !== String(wanted)) showUnit(wanted);
    const line = words.get('line');
    const element = document.getElementById(words.get('block') || words.get('instruction') || '');
    if (element) choose(element);
    else if (line) chooseLine(line, lines[line - 1]);
  }
  window.addEventListener('hashchange', follow);
  follow();
})();
