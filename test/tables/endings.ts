/**
 * `npm run ending-table`: the built command line in real pseudo-terminals, and the packaged extension in real windows,
 * ended in each way at each phase, with entries in the workspace that would run later. Ends with 1 if a record is not as
 * it should be or not the same as the others, if anything is left, or if anything of the person's is not as it was. HOW
 * and PHASE choose some.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installExtension, installServer } from '../../scripts/install-server.ts';
import { packageExtension } from '../../scripts/package.ts';
import { built } from '../support/build.ts';
import { differences, ENDINGS, isPossible, playEnding, type Ended, type How } from '../support/endingTable.ts';
import { PHASES, type Phase } from '../support/endingWorld.ts';
import { playWindowEnding, WINDOW_ENDINGS, type WindowEnded, type WindowHow } from '../support/windowEndings.ts';

const [how, phase] = [process.env['HOW']?.split(','), process.env['PHASE']?.split(',')];

/** What was chosen of these ways, at each phase. */
function chosen<T extends string>(ways: readonly T[]): { phase: Phase; how: T }[] {
  return PHASES.flatMap((one) => ways.map((way) => ({ phase: one, how: way }))).filter(
    (one) => how?.includes(one.how) !== false && phase?.includes(one.phase) !== false,
  );
}

function told<E extends Ended | WindowEnded>(ended: E): E {
  const { phase: at, how: by, problems } = ended;
  console.log(`${at.padEnd(10)} ${by.padEnd(14)} ${problems.length === 0 ? 'as it should be' : 'WRONG'}`);
  for (const problem of problems) console.log(`    ${problem}`);
  return ended;
}

async function inTerminals(): Promise<Ended[]> {
  const wanted = chosen(Object.keys(ENDINGS) as How[]).filter((one) => isPossible(one.phase, one.how));
  if (wanted.length === 0) return [];
  const { folder, oversign } = await built();
  const played: Ended[] = [];
  try {
    for (const one of wanted) played.push(told(await playEnding(oversign, one.phase, one.how)));
    return played;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inWindows(): Promise<WindowEnded[]> {
  const wanted = chosen(Object.keys(WINDOW_ENDINGS) as WindowHow[]);
  if (wanted.length === 0) return [];
  const libVscode = await installServer();
  const extensionsDir = await mkdtemp(join(tmpdir(), 'oversign-extensions-'));
  const played: WindowEnded[] = [];
  try {
    await installExtension(libVscode, packageExtension(), extensionsDir);
    for (const one of wanted)
      played.push(told(await playWindowEnding({ libVscode, extensionsDir }, one.phase, one.how)));
    return played;
  } finally {
    await rm(extensionsDir, { recursive: true, force: true });
  }
}

const [terminals, windows] = [await inTerminals(), await inWindows()];
const played = [...terminals, ...windows];
const different = differences(terminals);
for (const one of different) console.log(`NOT THE SAME RECORD: ${one}`);
const wrong = played.filter(({ problems }) => problems.length > 0).length;
console.log(`${played.length} endings, ${wrong} wrong, ${different.length} phases with different records`);
process.exitCode = wrong + different.length > 0 ? 1 : 0;
