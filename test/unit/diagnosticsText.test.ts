import { expect, test } from 'vitest';
import { diagnosticsText, type Facts } from '../../src/extension/diagnosticsText.ts';
import { logState } from '../../src/extension/logState.ts';
import { withoutHome } from '../../src/shared/withoutHome.ts';
import type { PanelState } from '../../src/shared/runView.ts';

const SECRETS = ['sk-canary', 'secret-task', 'secret-file', 'secret-folder', 'secret-model', 'proxy.secret', 'someone'];

const STATE: PanelState = {
  trusted: true,
  attended: true,
  enterSends: true,
  folder: '/home/someone/secret-folder',
  run: {
    ...{
      id: 'run-1',
      task: 'secret-task',
      folder: '/home/someone/secret-folder',
      state: 'waiting',
      reason: 'secret-file',
    },
    ...{ model: 'secret-model', destination: 'to proxy.secret', turn: 2, maxTurns: 25, questions: 1, way: 'ask' },
    ...{ flags: { untrusted: false, private: false, outward: false }, grants: [], entriesBefore: 0 },
    entries: [{ kind: 'user', text: 'secret-task' }],
  },
  way: { now: 'ask', open: [] },
  approvals: [],
  interrupted: [],
  workplace: {
    folders: [{ label: 'secret-folder', path: '/home/someone/secret-folder', bounds: true }],
    others: ['secret-folder'],
  },
  model: { provider: 'openai', label: 'secret-model', destination: 'to proxy.secret' },
  sandbox: { state: 'works', text: '/home/someone/secret-file', probes: { held: 40, all: 40 } },
  policy: {
    state: 'notes',
    notes: [{ file: '/home/someone/secret-file', line: 1, column: 1, words: 'secret-file' }],
  },
};

const FACTS: Facts = {
  version: '0.1.0',
  editor: { name: 'Code', version: '1.139.1', kind: 'web', remote: 'ssh-remote' },
  machine: { node: '24.21.0', platform: 'linux', arch: 'x64', sqlite: '3.51.3' },
  home: '/home/someone',
  settings: {
    ...{ provider: 'openai', name: 'secret-model', baseUrl: 'https://proxy.secret/v1?key=sk-canary' },
    ...{ proxy: 'http://u:sk-canary@proxy.secret:1', caFile: '/home/someone/secret-file' },
    ...{ firstByteSeconds: 0, betweenBytesSeconds: 0 },
  },
  wrongSettings: ['oversign.model.proxy'],
  state: STATE,
};

test('diagnostics say how an installation stands, and nothing that is anybody’s', () => {
  const text = diagnosticsText(FACTS);
  expect(text).toContain(
    'Oversign 0.1.0\nEditor: Code 1.139.1, web, remote (ssh-remote)\nMachine: linux x64, Node 24.21.0',
  );
  expect(text).toContain('Sandbox: works, 40 of 40 attempts held');
  expect(text).toContain('Policy: notes, 1 notes, 1 workspace policies');
  expect(text).toContain('Run: waiting, turn 2 of 25, 1 questions');
  expect(text).toContain('provider openai, model set, baseUrl set, proxy set, caFile set');
  expect(text).toContain('Wrong settings: oversign.model.proxy');
  // The control: all of that was there to be told.
  for (const secret of SECRETS) {
    expect(JSON.stringify(FACTS)).toContain(secret);
    expect(text).not.toContain(secret);
  }
});

test('the log says how a window stands, and nothing that is anybody’s', () => {
  const lines: string[] = [];
  logState({ stands: (what, how) => lines.push(`${what}: ${how}`) }, STATE);
  expect(lines).toEqual(['sandbox: works', 'policy: notes, 1 notes', 'model: openai', 'run run-1: waiting']);
});

test.each([
  ['at /home/someone/x and /home/someone', '/home/someone', 'at ~/x and ~'],
  ['file:///home/some%20one/x', '/home/some one', 'file://~/x'],
  ['C:\\Users\\me\\x C:/Users/me/y', 'C:\\Users\\me', '~\\x ~/y'],
  ['/x', '/', '/x'],
  ['/x', '', '/x'],
])('a home folder is not named: %s', (text, home, expected) => {
  expect(withoutHome(text, home)).toBe(expected);
});
