/**
 * `npm run agent-table`: recorded tasks on small real projects, played by a model whose words are written down over every
 * wire format, through the built command line, and with a language model of a real editor. A line for each: turns, questions, tokens, the largest request, what was
 * left out to make room, seconds, and what is wrong, if anything. `npm run agent-table -- WORDS`: tasks with these words alone.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runSuite } from '../host/runSuite.ts';
import { AGENT_TASKS } from '../support/agentTasks.ts';
import { playTask, type Play } from '../support/agentPlay.ts';
import { built } from '../support/build.ts';
import { WIRE_FORMATS } from '../support/wireFormats.ts';

const repository = join(import.meta.dirname, '..', '..');
const only = process.argv.slice(2).join(' ');
const TASKS = AGENT_TASKS.filter(({ name }) => name.includes(only));
const { folder, oversign } = await built();
const plays: Play[] = [];
try {
  console.log('turns  asked  tokens  largest  room  seconds  task (wire format)');
  for (const task of TASKS)
    for (const wire of WIRE_FORMATS) {
      const play = await playTask(task, wire, oversign);
      plays.push(play);
      show(play);
    }
  // The fourth format is no wire: an editor hands requests to an extension, in a real editor.
  plays.push(...(await editorPlays()));
} finally {
  await rm(folder, { recursive: true, force: true });
}
// What could not be played is not as it should be.
const wanted = TASKS.length * (WIRE_FORMATS.length + 1);
const right = plays.filter((play) => play.wrong === undefined).length;
console.log(`${right} of ${wanted} as they should be`);
process.exitCode = right === wanted ? 0 : 1;

function show(play: Play): void {
  console.log(line(play));
  const most = AGENT_TASKS.find(({ name }) => name === play.task)?.questions ?? 0;
  if (play.questions > most) console.log(`       more questions than the ${most} that it should take`);
  if (play.wrong !== undefined) console.log(`       WRONG: ${play.wrong}`);
}

/** The tasks played with a language model of a real editor, in its extension host; none where no editor can start. */
async function editorPlays(): Promise<Play[]> {
  const file = join(folder, 'plays.json');
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: repository, stdio: 'inherit' });
  let problem = '';
  try {
    await runSuite(repository, { OVERSIGN_TASKS: only, OVERSIGN_PLAYS: file });
  } catch (error) {
    problem = String(error);
  }
  const found = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Play[]) : [];
  for (const play of found) show(play);
  for (const { name } of TASKS.filter((task) => !found.some((play) => play.task === task.name)))
    console.log(`       not played with the editor's models: ${name}. ${problem}`);
  return found;
}

function line({ turns, questions, tokens, largest, compacted, seconds, task, wire }: Play): string {
  const columns = [turns, questions, tokens, `${Math.round(largest / 1024)}k`, compacted, seconds.toFixed(1)];
  const widths = [5, 5, 6, 7, 4, 7];
  return `${columns.map((value, index) => String(value).padStart(widths[index] ?? 0)).join('  ')}  ${task} (${wire})`;
}
