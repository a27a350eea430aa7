import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { PLANTED } from '../support/plantedSecrets.ts';
import { workbench } from '../support/workbench.ts';

// Secrets of known kinds that nobody named are masked in what tools print, before the prompt and before the log.

const ONES = PLANTED.filter(({ kind }) => ['GitHub token', 'Slack bot token', 'private key'].includes(kind));

test('what a file, a search and a command print of them reaches neither the model nor the log', async () => {
  const text = `# notes\n${ONES.map(({ kind, secret }) => `${kind}:\n${secret}\n`).join('\n')}the end\n`;
  const bench = await workbench({ files: { 'notes.txt': text, 'plain.txt': 'PLAIN-WORDS-STAY\n' } });
  const seen: string[] = [];
  await bench.run((request: ModelRequest, turn) => {
    seen.push(JSON.stringify(request.messages));
    const calls = [
      { name: 'read_file', args: { path: 'notes.txt' } },
      { name: 'search_files', args: { pattern: 'ghp_|xoxb', regex: true } },
      { name: 'run_command', args: { command: 'cat notes.txt plain.txt' } },
    ][turn];
    return calls ? { calls: [calls] } : {};
  });
  const told = seen.join('\n');
  expect(told).toContain('[redacted:github-pat]');
  expect(told).toContain('[redacted:private-key]');
  expect(told, 'control').toContain('PLAIN-WORDS-STAY');
  const log = readdirSync(bench.data)
    .filter((name) => name.startsWith('audit.db'))
    .map((name) => readFileSync(join(bench.data, name), 'latin1'))
    .join('');
  expect(log, 'control').toContain('PLAIN-WORDS-STAY');
  for (const { kind, secret } of ONES) {
    const telling = secret.split('\n').at(1) ?? secret;
    expect(told, kind).not.toContain(telling);
    expect(log, kind).not.toContain(telling);
  }
});
