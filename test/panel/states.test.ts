import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { panelPages, THEMES, type Panel, type PanelTheme } from './page.ts';
import { OPENED, STATES, type StateName } from './states.ts';

/** As a side bar that is narrow, usual and wide; at 200 % zoom in a window of 1280 x 800; on a large screen. */
const SIZES = [
  { name: '240', width: 240, height: 700, themes: ['dark'] },
  { name: '300', width: 300, height: 700, themes: THEMES },
  { name: 'zoomed', width: 280, height: 330, scale: 2, themes: ['dark'] },
  { name: 'wide', width: 640, height: 980, themes: ['dark', 'light'] },
] as const;
const ALL: Record<string, { state: StateName; clicks: readonly string[] }> = {
  ...Object.fromEntries((Object.keys(STATES) as StateName[]).map((state) => [state, { state, clicks: [] }])),
  ...OPENED,
};
const AXE = createRequire(import.meta.url).resolve('axe-core');
const PICTURES = join('test-results', 'panel');

mkdirSync(PICTURES, { recursive: true });
const openPanel = panelPages();
type Size = (typeof SIZES)[number];

const opened = new Map<string, Panel>();
/** A page as if it had just been opened; one for each theme and size, since opening one takes three times as long as loading it anew. */
async function freshPanel(theme: PanelTheme, { name, ...size }: Size): Promise<Panel> {
  const known = opened.get(`${theme} ${name}`);
  if (!known) {
    const panel = await openPanel(theme, size);
    opened.set(`${theme} ${name}`, panel);
    return panel;
  }
  await known.page.mouse.move(0, 0);
  await known.page.evaluate(() => {
    sessionStorage.clear();
  });
  await known.page.reload();
  return known;
}

/** What of the page is where, in pixels. */
interface Measure {
  height: number;
  conversation: number;
  /** Whether the answers are whole and in view, where there are any. */
  bar: boolean | undefined;
  /** Whether what is approved begins in view, above the agent's claim, where there is a card that has it. */
  exact: boolean | undefined;
  /** Elements that scroll inside something that scrolls, but sideways. */
  nested: string[];
  /** Elements that are wider than the page. */
  wide: string[];
}

const MEASURE = (): Measure => {
  const scrolls = (one: Element): boolean =>
    /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1;
  const within = (one: Element): Element[] => {
    const above: Element[] = [];
    for (let at = one.parentElement; at !== null; at = at.parentElement) above.push(at);
    return above;
  };
  const all = [...document.querySelectorAll('body *')];
  const bar = document.querySelector('.answer-bar');
  const box = bar?.getBoundingClientRect();
  const buttons = [...(bar?.querySelectorAll('button') ?? [])].map((one) => one.getBoundingClientRect());
  const first = document
    .querySelector('.card-words:not([hidden]) :is(.command, .diff) > [data-must-see]')
    ?.getBoundingClientRect();
  const body = document.querySelector('.card-body')?.getBoundingClientRect();
  const claim = document.querySelector('.claim')?.getBoundingClientRect();
  const isLow = window.innerHeight <= 420 || window.innerWidth < 280;
  return {
    exact:
      first &&
      body &&
      first.top >= body.top &&
      Math.min(first.bottom, first.top + 30) <= body.bottom &&
      (!isLow || claim === undefined || claim.top >= first.bottom),
    height: window.innerHeight,
    conversation: document.querySelector('.conversation')?.getBoundingClientRect().height ?? 0,
    bar:
      box &&
      buttons.every(
        ({ left, right, top, bottom }) =>
          left >= 0 && right <= window.innerWidth && top >= 0 && bottom <= window.innerHeight,
      ),
    nested: all.filter((one) => scrolls(one) && within(one).some(scrolls)).map(({ className }) => className),
    wide: all
      .filter((one) => one.closest('.unseen') === null && one.getBoundingClientRect().right > window.innerWidth + 1)
      .map(({ className }) => className),
  };
};

/** What axe-core has against the page: rule, and the elements. */
async function findings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

describe.each(SIZES)('at $name', (at) => {
  const { name: size } = at;
  test.each(Object.entries(ALL))('%s', async (name, { state, clicks }) => {
    for (const theme of at.themes) {
      const { page, show } = await freshPanel(theme, at);
      await show(STATES[state]);
      for (const click of clicks) await page.getByTestId(click).click();
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(PICTURES, `${name.replaceAll(' ', '-')}-${theme}-${size}.png`) });
      const measured = await page.evaluate(MEASURE);
      expect(measured.conversation, 'height of the conversation').toBeGreaterThanOrEqual(measured.height * 0.33);
      expect(measured.bar, 'the answers are in view').not.toBe(false);
      expect(measured.exact, 'what is approved is in view at first').not.toBe(false);
      expect(measured.nested, 'scrolls inside what scrolls').toEqual([]);
      expect(measured.wide, 'wider than the page').toEqual([]);
      if (size === '300') expect(await findings(page), 'what axe-core finds').toEqual([]);
    }
  });
});
