/**
 * `npm run first-approval`: how long it takes from `git clone` to the first question, on a bare Debian with Node, npm
 * and git and nothing else, as root, with the README's command and a real browser. A line for each stage, in seconds.
 * What is measured is the last commit. Needs root, debootstrap, Chromium and the network.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CLONE, withBareClone } from '../support/bareClone.ts';
import { inRoot } from '../support/bareRoot.ts';
import { openAddress, runAgent } from '../support/browser.ts';

/** What the machine says when a stage begins, in order; a stage whose line never comes took no time. */
const STAGES: readonly [stage: string, begins: RegExp][] = [
  ['git clone', /^begins$/],
  ['npm install', /^cloned$/],
  ['looking for what is missing', /^> .* start$/],
  ['system packages', /^Installing .* with apt-get/],
  ['build', /^Building Oversign/],
  ['VS Code server', /^Installing the VS Code server/],
  ['its start', /^Installing the VS Code server.*\(done\)/],
];

const COMMAND = `echo begins; ${CLONE} && cd oversign && echo cloned
npm install && npm start`;

await withBareClone(import.meta.dirname, measure);

async function measure(base: string): Promise<void> {
  const times = new Map<string, number>();
  const machine = spawn('unshare', inRoot(base, { line: COMMAND }), { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((resolve, reject) => {
    const all: string[] = [];
    createInterface({ input: machine.stdout }).on('line', (line) => {
      all.push(line);
      for (const [stage, begins] of STAGES)
        if (begins.test(line)) times.set(stage, times.get(stage) ?? performance.now());
      const [found] = /http:\/\/127\S*/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    machine.once('close', (code) => reject(new Error(`ended with code ${String(code)}:\n${all.join('\n')}`)));
  });
  try {
    times.set('page', performance.now());
    const editor = await openAddress(address);
    times.set('Run Agent to the card', performance.now());
    await runAgent(editor);
    await editor.agentFrame().getByTestId('approval').first().waitFor({ timeout: 60_000 });
    print([...times, ['', performance.now()]]);
    await editor.close();
  } finally {
    machine.kill('SIGKILL'); // unshare(1) takes no other, and its whole machine with it
    await once(machine, 'close');
  }
}

function print(moments: [stage: string, at: number][]): void {
  const line = (from: number, to: number, stage: string): void =>
    console.log(`${((to - from) / 1000).toFixed(1).padStart(6)} s  ${stage}`);
  moments.slice(1).forEach(([, ended], index) => {
    const [stage, began] = moments[index] ?? ['', ended];
    line(began, ended, stage);
  });
  line(moments[0]?.[1] ?? 0, moments.at(-1)?.[1] ?? 0, 'altogether');
}
