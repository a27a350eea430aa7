import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BrokenOff } from '../../src/core/sandbox/port.ts';
import { identityAt } from '../../src/node/sandbox/entries.ts';
import { KeptSurveys, type KeptSurvey } from '../../src/node/sandbox/keptSurvey.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** A process that is gone. */
const GONE = { pid: 4_194_000, start: '1', boot: '' };
const HOUR_MS = 3_600_000;

/** What a process that was killed leaves on disk: a command ran from so long before now until so long before now. */
function brokenOff(cage: Caged, survey: Partial<KeptSurvey>, [from, to]: [from: number, to: number]): string {
  const file = join(cage.data, 'surveys', 'a.json');
  mkdirSync(join(cage.data, 'surveys'), { recursive: true });
  const kept: KeptSurvey = {
    ...{ owner: GONE, run: 'r1', folders: [cage.folder], began: Date.now() - from },
    ...{ before: [], closed: [], denied: [], covered: [] },
    ...survey,
  };
  writeFileSync(file, JSON.stringify(kept));
  const last = new Date(Date.now() - to);
  utimesSync(file, last, last);
  return file;
}

async function finish(cage: Caged): Promise<BrokenOff[]> {
  const spec = await cage.spec(['true']);
  return cage.sandbox.finishBrokenOff(() => Promise.resolve(spec));
}

const SETTINGS = { 'sub/.vscode/settings.json': '{}', 'sub/plain.txt': 'x' };

test('what appeared while the command ran is taken away, told with its run, and looked at once', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { ...SETTINGS, 'own/.vscode/settings.json': '{}' });
  const file = brokenOff(cage, { before: [join(cage.folder, 'own/.vscode')] }, [10_000, 0]);
  const [found, ...more] = await finish(cage);
  expect(more).toEqual([]);
  expect(found).toMatchObject({ run: 'r1', folder: cage.folder, left: [] });
  expect(found?.quarantined).toEqual([expect.stringMatching(/sub\/\.vscode appeared .* was moved to /)]);
  expect(existsSync(join(cage.folder, 'sub/.vscode'))).toBe(false);
  expect(existsSync(join(cage.folder, 'sub/plain.txt'))).toBe(true);
  expect(existsSync(join(cage.folder, 'own/.vscode/settings.json'))).toBe(true); // it was there before
  expect(existsSync(file)).toBe(false);
  expect(await finish(cage)).toEqual([]);
});

test('what a person made after it was over is left alone', async () => {
  const cage = await caged(await temporaryFolder());
  brokenOff(cage, {}, [2 * HOUR_MS, HOUR_MS]);
  await plant(cage.folder, SETTINGS);
  expect(await finish(cage)).toMatchObject([{ quarantined: [], left: [] }]);
  expect(existsSync(join(cage.folder, 'sub/.vscode/settings.json'))).toBe(true);
});

test('what came about the time of its end is left where it is, and named', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, SETTINGS);
  brokenOff(cage, {}, [20_000, 8_000]);
  expect(await finish(cage)).toMatchObject([
    { quarantined: [], left: [expect.stringContaining('sub/.vscode came there')] },
  ]);
  expect(existsSync(join(cage.folder, 'sub/.vscode/settings.json'))).toBe(true);
});

test('what is older and was given its name by the command is taken away, too', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'sub/kept/tasks.json': '{}' });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  renameSync(join(cage.folder, 'sub/kept'), join(cage.folder, 'sub/.vscode'));
  brokenOff(cage, {}, [1_000, 0]);
  expect(await finish(cage)).toMatchObject([{ quarantined: [expect.stringContaining('sub/.vscode appeared')] }]);
});

test('a stand-in that no command could reach is the person’s who filled it', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { '.vscode/settings.json': '{}' });
  const path = join(cage.folder, '.vscode');
  const covered: KeptSurvey['covered'] = [[path, identityAt(path) ?? '']];
  brokenOff(cage, { covered }, [10_000, 0]);
  expect(await finish(cage)).toMatchObject([{ quarantined: [], left: [] }]);
  expect(existsSync(join(path, 'settings.json'))).toBe(true);
  brokenOff(cage, { covered: [[path, 'another']] }, [10_000, 0]); // the control
  expect(await finish(cage)).toMatchObject([{ quarantined: [expect.stringContaining('.vscode appeared')] }]);
});

test('a living process looks after its own command; other folders wait for whoever starts there', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, SETTINGS);
  const kept = await new KeptSurveys(cage.data).keep({
    folders: [cage.folder],
    before: [],
    closed: [],
    denied: [],
    covered: [],
  });
  expect(await finish(cage)).toEqual([]);
  kept.leave();
  const other = await temporaryFolder();
  expect(cage.sandbox.brokenOffElsewhere([other])).toEqual([cage.folder]);
  expect(cage.sandbox.brokenOffElsewhere([cage.folder])).toEqual([]);
  const elsewhere = cage.over(other);
  expect(await finish(elsewhere)).toEqual([]);
  expect(await finish(cage)).toMatchObject([{ quarantined: [expect.stringContaining('sub/.vscode')] }]);
});

test('a survey lasts as long as its command, and says until when that ran', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'own/.vscode/settings.json': '{}' });
  const surveys = join(cage.data, 'surveys');
  const running = cage.run('until [ -e go ]; do sleep 0.05; done');
  await expect.poll(() => (existsSync(surveys) ? readdirSync(surveys) : []), { timeout: 90_000 }).toHaveLength(1);
  const kept = JSON.parse(readFileSync(join(surveys, readdirSync(surveys)[0] ?? ''), 'utf8')) as KeptSurvey;
  expect(kept).toMatchObject({ folders: [cage.folder], owner: { pid: process.pid } });
  expect(kept.before).toEqual([join(cage.folder, 'own/.vscode')]);
  expect(kept.covered.map(([path]) => path)).toContain(join(cage.folder, '.vscode'));
  writeFileSync(join(cage.folder, 'go'), '');
  await running;
  expect(readdirSync(surveys)).toEqual([]);
});
