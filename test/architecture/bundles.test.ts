import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
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
  expect(inputs.filter((path) => /node_modules|src\/(core|node|terminal|cli|compose)/.test(path))).toEqual([]);
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
