import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Entry {
  command: string;
  when?: string;
  group?: string;
}
interface Manifest {
  activationEvents: string[];
  extensionKind: string[];
  capabilities: Record<string, { supported: unknown; description: string }>;
  contributes: {
    commands: { command: string; title: string; category?: string; enablement?: string; icon?: string }[];
    menus: Record<string, Entry[]>;
    keybindings: (Entry & { key: string; mac?: string })[];
    views: Record<string, { id: string; name: string }[]>;
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { commands, menus, keybindings, views } = manifest.contributes;
const names = commands.map(({ command }) => command.replace(/^oversign\./, ''));

/** Commands that are offered always, each with why: what it says, or does, where there is nothing to do. */
const ALWAYS: Record<string, string> = {
  runAgent: 'says that it wants a trusted workspace, or a folder',
  showRuns: 'a list that says that it is empty',
  resume: 'a list that says that it is empty',
  showElsewhere: 'a list that says that it is empty',
  chooseModel: 'needs nothing',
  chooseWay: 'needs nothing',
  maximumPrivacyOn: 'says where it is on already',
  maximumPrivacyOff: 'says where it is off already',
  reviewChanges: 'says that there is nothing to review',
  setApiKey: 'needs nothing',
  removeApiKey: 'says whose key is removed',
  setDatabasePassword: 'says that no database is named',
  openUserPolicy: 'needs no folder',
  showPolicy: 'shows the defaults without a folder',
  tryAction: 'does nothing in any workspace',
  openWalkthrough: 'needs nothing',
  openSample: 'needs nothing',
  showLog: 'needs nothing',
  copyDiagnostics: 'needs nothing',
  checkSandbox: 'needs no folder',
  verifyLog: 'an empty log is whole',
  filterAudit: 'needs no run',
  searchAudit: 'needs no run',
  exportLog: 'an empty log can be exported',
  showQuestions: 'says that nobody was asked',
  showReceipt: 'says that no run is here',
  replayAgainst: 'says that nothing could be replayed',
  revertLastRun: 'says that no run is here',
};
/** Those of a menu alone, which says itself on what: the palette hides them. */
const ON_SOMETHING = (menus['commandPalette'] ?? [])
  .filter(({ when }) => when === 'false')
  .map(({ command }) => command.replace(/^oversign\./, ''));

test('every command has a title of few words and its category, and where it is offered has a reason', () => {
  expect(new Set(names).size).toBe(names.length);
  for (const { command, title, category } of commands) {
    expect(category, command).toBe('Oversign');
    expect(title, command).toMatch(/^[A-Z][^.]*$/);
    expect(title.split(' ').length, command).toBeLessThanOrEqual(7);
  }
  const without = commands.filter(({ enablement }) => enablement === undefined).map(({ command }) => command.slice(9));
  expect(without.filter((name) => !(name in ALWAYS) && !ON_SOMETHING.includes(name))).toEqual([]);
  // No reason outlives its command.
  expect(Object.keys(ALWAYS).filter((name) => !without.includes(name))).toEqual([]);
});

test('every entry of a menu has its command, and says on what it shows', () => {
  const all = Object.entries(menus).flatMap(([menu, entries]) => entries.map((entry) => ({ menu, ...entry })));
  expect(all.length).toBeGreaterThan(40);
  for (const { menu, command, when, group } of all) {
    expect(names, `${menu} ${command}`).toContain(command.replace(/^oversign\./, ''));
    if (!menu.startsWith('testing/')) expect(when, `${menu} ${command}`).toBeTruthy();
    if (menu !== 'commandPalette')
      expect(group, `${menu} ${command}`).toMatch(/^(inline|navigation|\d_[a-z]+)(@\d+)?$/);
  }
  // Views' own menus are about views of ours.
  const ours = Object.values(views)
    .flat()
    .map(({ id }) => id);
  for (const menu of ['view/title', 'view/item/context'])
    for (const { when = '' } of menus[menu] ?? []) expect(ours, when).toContain(/view == ([\w.]+)/.exec(when)?.[1]);
});

test('what runs begin from is there in all the places that people are, and sends nothing', () => {
  const places = Object.entries(menus)
    .filter(([, entries]) => entries.some(({ command }) => command === 'oversign.runOnThis'))
    .map(([menu]) => menu);
  expect(places.sort()).toEqual([
    'commandPalette',
    'editor/context',
    'explorer/context',
    'scm/resourceGroup/context',
    'scm/resourceState/context',
    'testing/item/context',
    'testing/message/context',
  ]);
  expect(readFileSync('src/extension/runOnThis.ts', 'utf8')).not.toMatch(/\.send\(/);
});

test('every context key that a clause asks for is the editor’s, or one that is set', () => {
  const set = [...readFileSync('src/vscode/contextKeys.ts', 'utf8').matchAll(/'(oversign\.\w+)'/g)].map(
    ([, key]) => key,
  );
  const others = ['src/extension/diffAnswers.ts', 'src/extension/auditCommands.ts']
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  const clauses = [
    ...commands.flatMap(({ enablement }) => enablement ?? []),
    ...Object.values(menus)
      .flat()
      .flatMap(({ when }) => when ?? []),
    ...keybindings.flatMap(({ when }) => when ?? []),
  ];
  const ours = clauses
    .flatMap((clause) => clause.match(/oversign\.\w+/g) ?? [])
    .filter((key) => !['oversign.agent', 'oversign.audit', 'oversign.exposure'].includes(key));
  expect(ours.length).toBeGreaterThan(5);
  for (const key of ours) expect(set.includes(key) || others.includes(key.replace('oversign.', '')), key).toBe(true);
});

test('keys are chords that the editor leaves free, and each counts only where it does something', () => {
  const defaults = new Set(JSON.parse(readFileSync('test/fixtures/defaultKeys.json', 'utf8')) as string[]);
  expect(defaults.size).toBeGreaterThan(400);
  expect(defaults).toContain('ctrl+k ctrl+s'); // or nothing was compared
  expect(keybindings.map(({ command }) => command)).toEqual([
    'oversign.agent.focus',
    'oversign.showQuestion',
    'oversign.newRun',
    'oversign.stop',
  ]);
  for (const { key, mac, when, command } of keybindings) {
    // The letters of AltGr are Ctrl+Alt on Windows: such a key would take somebody's @.
    expect(key, command).toMatch(/^ctrl\+k [a-z]$/);
    expect(mac, command).toBe(key.replace('ctrl', 'cmd'));
    expect(when, command).toBeTruthy();
    expect(defaults.has(key), `${key} is the editor’s own`).toBe(false);
  }
});

test('kinds and capabilities: with the folder, never on folders that are no files, and views alone where nobody trusts', () => {
  expect(manifest.extensionKind).toEqual(['workspace']);
  expect(manifest.capabilities['virtualWorkspaces']?.supported).toBe(false);
  expect(manifest.capabilities['untrustedWorkspaces']?.supported).toBe('limited');
  for (const { description } of Object.values(manifest.capabilities)) expect(description).toMatch(/\.$/);
  expect(manifest.activationEvents).toEqual(['onStartupFinished']);
  expect(manifest).not.toHaveProperty('browser');
});
