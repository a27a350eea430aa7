import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(path) ? [path] : [];
  });
}

test('the arrows between rooms point one way', () => {
  const result = spawnSync('node_modules/.bin/depcruise', ['src', 'webview', 'scripts', '--output-type', 'json'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const { summary, modules } = JSON.parse(result.stdout) as {
    modules: { dependencies: { dependencyTypes: string[] }[] }[];
    summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
  };
  // A check that looked at nothing would be green too.
  expect(summary.totalCruised).toBeGreaterThan(100);
  // Circles of types are circles too.
  const all = modules.flatMap(({ dependencies }) => dependencies);
  expect(all.filter(({ dependencyTypes }) => dependencyTypes.includes('type-only')).length).toBeGreaterThan(500);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
});

test('every path that ARCHITECTURE.md names exists', () => {
  const named = [
    ...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/`((?:src|webview|test|scripts|media|docs)\/[\w./-]*)`/g),
  ].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test('one place spawns processes, one place opens connections', () => {
  const using = (pattern: RegExp): string[] =>
    sources('src').filter((path) => pattern.test(readFileSync(path, 'utf8')));
  expect(using(/node:child_process/)).toEqual(['src/node/process/spawn.ts']);
  // The self-test listens on this machine, for a cage to fail to reach; it connects to nothing.
  expect(using(/\bfetch\(|node:(https?|net|tls|dgram|dns)|from 'undici'/)).toEqual([
    ...['authorities', 'checkedTls'].map((name) => `src/node/egress/${name}.ts`),
    ...['dial', 'httpDoor', 'joined', 'nameServer', 'serveDoor', 'socksDoor', 'straightDoor'].map(
      (name) => `src/node/egress/commandDoor/${name}.ts`,
    ),
    ...['connection', 'judgedAddress', 'nearAddresses', 'proxied', 'request'].map(
      (name) => `src/node/egress/${name}.ts`,
    ),
    'src/node/sandbox/network/doorNamespace.ts', // takes listeners over; connects to nothing
    'src/node/sandbox/selfTest/listener.ts',
  ]);
  expect(using(/createConnection|net\.connect|new Socket\(/)).toEqual([
    'src/node/egress/commandDoor/httpDoor.ts',
    'src/node/egress/request.ts',
  ]);
});

test('no file has grown out of its room, no barrel, no utils', () => {
  const all = [...sources('src'), ...sources('webview')];
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((path) => readFileSync(path, 'utf8').split('\n').length > 360)).toEqual([]);
  expect(all.filter((path) => /(^|\/)(index|utils?|helpers?|common)\.tsx?$/.test(path))).toEqual([]);
});

test('nothing in the repository names a machine’s path or a registry’s address', () => {
  const tracked = spawnSync('git', ['ls-files'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((path) => /\.(ts|tsx|mjs|cjs|json|md|yaml)$/.test(path));
  expect(tracked.length).toBeGreaterThan(100);
  const lock = readFileSync('package-lock.json', 'utf8');
  expect(lock).not.toMatch(/"resolved": *"http/);
});

/** Caught where they are thrown, and told as something else: one that gets further is a bug. */
const CAUGHT_AT_HOME = ['BadLine', 'TooBig', 'TooMuch'];

test('every class of error says whether it is a failure, a refusal or a cancellation; what is none of them is a bug', () => {
  const classes = sources('src').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/class (\w+) extends Error\b/g)].map(([, name]) => ({ name, path })),
  );
  const kinds = classes.filter(({ path }) => path === 'src/core/outcome.ts').map(({ name }) => name);
  expect(kinds).toEqual(['Failure', 'Refusal', 'Cancelled']);
  const others = classes.filter(({ path }) => path !== 'src/core/outcome.ts').map(({ name }) => name);
  expect(others.sort()).toEqual(CAUGHT_AT_HOME);
});

test('nobody makes elements of a text: all that the panel draws is made by React, from values', () => {
  const all = sources('webview');
  expect(all.some((path) => path.startsWith('webview/markdown/'))).toBe(true); // or nothing was looked at
  const making = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcDoc/i;
  expect(all.filter((path) => making.test(readFileSync(path, 'utf8')))).toEqual([]);
});

test('hidden characters stand as they are in what is read, and nowhere else: who shows prose is listed', () => {
  const prose = /import \{[^}]*\b(visible|proseLine)\b[^}]*\} from '[./a-z]*\/visible\.ts'/;
  const files = ['src', 'webview', 'scripts'].flatMap(sources);
  expect(files.filter((path) => prose.test(readFileSync(path, 'utf8'))).sort()).toEqual([
    'src/cli/runEnd.ts', // the agent's last words
    'src/core/audit/transcriptMarkdown.ts',
    'src/core/tools/plugins/runningPlugin.ts', // what a program said last
    'src/terminal/historyText.ts',
    'src/terminal/printer.ts',
    'src/terminal/quote.ts',
    'src/vscode/auditItems.ts',
    'webview/components/ActionEntry.tsx',
    'webview/components/Elsewhere.tsx',
    'webview/components/EntryView.tsx',
    'webview/components/Interrupted.tsx',
    'webview/markdown/shownWords.ts',
  ]);
});
