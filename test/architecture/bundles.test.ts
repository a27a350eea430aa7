import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { expect, inject, test } from 'vitest';

interface Metafile {
  outputs: Record<
    string,
    { entryPoint?: string; inputs: Record<string, unknown>; imports: { path: string; kind: string }[]; bytes: number }
  >;
}

/** What was built for this run, as esbuild names it: from the repository's root. */
const built = relative(join(import.meta.dirname, '../..'), dirname(inject('oversign')));

/** Everything that is loaded as soon as an output is: its own inputs and those of its static imports. */
function loadedWith(meta: Metafile, output: string): string[] {
  const seen = new Set<string>();
  const pending = [output];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { path, kind } of meta.outputs[at]?.imports ?? [])
      if (kind === 'import-statement' && meta.outputs[path]) pending.push(path);
  }
  return [...seen].flatMap((path) => Object.keys(meta.outputs[path]?.inputs ?? {}));
}

test('activation loads the editor’s side alone: no engine, no schema library, no model client', () => {
  const meta = JSON.parse(readFileSync(join(built, 'meta-node.json'), 'utf8')) as Metafile;
  const inputs = loadedWith(meta, `${built}/extension.js`);
  expect(inputs).toContain('src/extension/controller.ts');
  // What failures are is known on every floor, and stands on nothing.
  const ground = 'src/core/outcome.ts';
  expect(readFileSync(join(import.meta.dirname, '../..', ground), 'utf8')).not.toMatch(/^import (?!type )/m);
  const others = inputs.filter((path) => path !== ground);
  expect(others.filter((path) => /node_modules|src\/(core|node|terminal|cli|compose)/.test(path))).toEqual([]);
});

test('the engine loads no model client until a model is asked, and macOS’ sandbox library on macOS alone', () => {
  const meta = JSON.parse(readFileSync(join(built, 'meta-node.json'), 'utf8')) as Metafile;
  for (const part of ['src/cli/main.ts', 'src/extension/session.ts']) {
    const output = Object.keys(meta.outputs).find((path) => part in (meta.outputs[path]?.inputs ?? {}));
    const inputs = loadedWith(meta, output ?? '');
    expect(inputs.length).toBeGreaterThan(5);
    expect(inputs.filter((path) => /node_modules\/(openai|ollama|diff|re2js|unbash|@anthropic-ai)/.test(path))).toEqual(
      [],
    );
  }
});

test('the panel holds nothing of the engine', () => {
  const meta = JSON.parse(readFileSync(join(built, 'meta-panel.json'), 'utf8')) as Metafile;
  const inputs = Object.values(meta.outputs).flatMap(({ inputs: found }) => Object.keys(found));
  expect(inputs).toContain('webview/main.tsx');
  expect(inputs.filter((path) => /^src\/(?!shared)/.test(path))).toEqual([]);
});

test('the notices of every package that is in a bundle come with it', () => {
  const notices = readFileSync(join(built, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const packages = ['meta-node', 'meta-panel'].flatMap((name) => {
    const meta = JSON.parse(readFileSync(join(built, `${name}.json`), 'utf8')) as Metafile;
    const inputs = Object.values(meta.outputs).flatMap(({ inputs: found }) => Object.keys(found));
    return inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  });
  const names = [...new Set(packages)];
  expect(names).toEqual(expect.arrayContaining(['zod', 'react', 'openai', '@vscode/codicons'])); // or nothing was looked at
  const sections = notices.split(`\n${'-'.repeat(80)}\n`);
  for (const name of names) {
    const own = sections.find((section) => section.trim().startsWith(`${name} `));
    expect(own, name).toMatch(/copyright|licen[cs]e/i);
    expect(own?.length, name).toBeGreaterThan(400);
  }
  expect(isPacked('dist/THIRD-PARTY-NOTICES.txt')).toBe(true);
});

/** Whether the VSIX holds a file: the last line of .vscodeignore that fits counts. */
function isPacked(path: string): boolean {
  const lines = readFileSync('.vscodeignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const last = lines.findLast((line) => matchesGlob(path, line.replace(/^!/, '')));
  return last?.startsWith('!') ?? true;
}

test('pages in the VSIX link only to what is in it', () => {
  const pages = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'];
  pages.push('docs/security.md', 'docs/policy.md', 'docs/audit.md', 'docs/exposure.md');
  const links = pages.filter(isPacked).flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => join(dirname(page), target)),
  );
  expect(links).toEqual(expect.arrayContaining(['docs/audit.md', 'CONTRIBUTING.md', 'docs/pictures/first-screen.png']));
  expect(links.filter((target) => !existsSync(target) || !isPacked(target))).toEqual([]);
  expect(isPacked('test/run.ts')).toBe(false); // or everything is
});
