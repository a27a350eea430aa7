import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bashParser } from '../../src/core/command/bash.ts';
import type { Meaning } from '../../src/core/command/meaning.ts';
import { understand } from '../../src/core/command/understand.ts';
import type { Word } from '../../src/core/command/word.ts';
import { commandLines, SILENT, UNKNOWN, WRAPPERS } from '../support/commandFuzz.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const HOME = '/home/somebody';
const CWD = '/tmp/here';

/** What bash did for one line: the argv of every program it started, and whether files in its folder changed. */
interface Done {
  starts: string[][];
  hasChanged: boolean;
}

/**
 * Stands in for a program: one record in the log, in one write, so that those of programs that run at the same time
 * do not mix: bash writes at the end of each line, so the ends of lines are something else meanwhile.
 */
const stub = (name: string, log: string, then: string): string =>
  `#!/bin/bash -p\nprintf '%s\\0' ${name} "$#" "\${@//$'\\n'/$'\\1'}" >> '${log}'\n${then}\n`;

function afterLog(name: string): string {
  if (WRAPPERS.includes(name)) return `exec /usr/bin/${name} "$@"`;
  if (name === 'echo') return `[[ \${1-} == -n ]] && shift; printf '%s\\n' "$*"`;
  if (name === 'cat') return 'while IFS= read -r line; do printf "%s\\n" "$line"; done; exit 0';
  return name === 'false' || name === 'grep' ? 'exit 1' : 'exit 0';
}

/**
 * Gives every line to a bash of its own. A line is over when the last process that holds descriptor 9 is: what runs on
 * in the background belongs to it, too. Descriptors that lines get for variables start at 10.
 */
const driver = (base: string): string => `
shopt -s nullglob dotglob
reset() { /usr/bin/rm -rf ${CWD}; /usr/bin/mkdir -p ${CWD} ${HOME}; cd ${CWD}; printf 's1 a\\nb\\n' > f1; : > f2; }
reset 2>/dev/null
while IFS= read -r -d '' line; do
  printf '%s\\0' -line 0 >> '${base}/log'
  over=$(exec 9>&1 > /dev/null 2>&1 < /dev/null; BASH_ENV='${base}/environment' /usr/bin/timeout -s KILL 2 /bin/bash -c "$line")
  now=(*)
  if [[ \${now[*]} != 'f1 f2' || $(< f1) != $'s1 a\\nb' || -s f2 ]]; then
    printf '%s\\0' -changed 0 >> '${base}/log'
    reset
  fi
done < '${base}/lines'
`;

async function run(lines: readonly string[], folder: string): Promise<Done[]> {
  const cage = await caged(folder);
  const base = cage.folder;
  await mkdir(join(base, 'programs'));
  for (const name of [...SILENT, ...WRAPPERS, 'echo']) {
    await writeFile(join(base, 'programs', name), stub(name, join(base, 'log'), afterLog(name)));
    await chmod(join(base, 'programs', name), 0o555);
  }
  // A function that calls itself, and a loop that goes on and on, are over soon.
  const bounds = 'FUNCNEST=4\nulimit -v 400000 -t 2\n';
  // Programs and not builtins, so that they leave their names and words.
  await writeFile(join(base, 'environment'), `enable -n echo true false\n${bounds}`);
  await writeFile(join(base, 'log'), '');
  await writeFile(join(base, 'lines'), lines.map((line) => `${line}\0`).join(''));
  const result = await cage.run(['/bin/bash', '-c', driver(base)], {
    timeoutMs: 120_000,
    limits: { cpuSeconds: 100, processes: 512 },
    environment: { PATH: join(base, 'programs'), HOME },
  });
  expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 } });
  const fields = (await readFile(join(base, 'log'), 'utf8')).replaceAll('\u0001', '\n').split('\0');
  const done: Done[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const count = Number(fields[at + 1]);
    const argv = [fields[at] ?? '', ...fields.slice(at + 2, at + 2 + count)];
    if (argv[0] === '-line') done.push({ starts: [], hasChanged: false });
    else if (argv[0] === '-changed') (done.at(-1) as Done).hasChanged = true;
    else done.at(-1)?.starts.push(argv);
    at += 2 + count;
  }
  expect(done).toHaveLength(lines.length);
  return done;
}

/** Whether a known word may stand for this text. In words `~` is the home folder and `.` the folder the line starts in. */
function fits(word: Word, text: string): boolean {
  if (word.kind !== 'known') return true;
  return (
    word.text === text ||
    word.text.replace(/^~(?=\/|$)/, HOME) === text ||
    word.text.replace(/^\.(?=\/|$)/, CWD) === text ||
    (word.text.startsWith('./~') && word.text.slice(2) === text)
  );
}

function isListed(argv: readonly string[], programs: readonly Word[][]): boolean {
  return programs.some(([name, ...words]) => {
    if (name?.kind !== 'known' || name.text.replace(/.*\//s, '') !== argv[0]) return false;
    if (words.some((word) => word.kind !== 'known')) return true;
    return words.length === argv.length - 1 && words.every((word, index) => fits(word, argv[index + 1] ?? ''));
  });
}

/** Doubts that are not merely about one of the made up programs. */
function realDoubts({ doubts, programs }: Meaning): string[] {
  return doubts
    .filter(({ why, program }) => {
      const name = program === undefined ? undefined : programs[program]?.[0];
      return !(
        name?.kind === 'known' &&
        UNKNOWN.includes(name.text) &&
        why === `${name.text} is not known to only look`
      );
    })
    .map(({ why }) => why);
}

/** What bash did for a line that is not asked about, and that was not said beforehand. */
function surprises(meaning: Meaning, done: Done): string[] {
  return [
    ...done.starts.filter((argv) => !isListed(argv, meaning.programs)).map((argv) => `ran ${JSON.stringify(argv)}`),
    ...(done.hasChanged ? ['changed a file'] : []),
  ];
}

interface Judged {
  line: string;
  meaning: Meaning;
}

/** Runs the lines that a reader has no doubts about (the others are asked about, and would say nothing), in halves. */
async function runClear(lines: readonly string[], read: (line: string) => Meaning) {
  const clear: Judged[] = lines
    .map((line) => ({ line, meaning: read(line) }))
    .filter(({ meaning }) => realDoubts(meaning).length === 0);
  const half = Math.ceil(clear.length / 2);
  const texts = clear.map(({ line }) => line);
  const folders = [await temporaryFolder(), await temporaryFolder()] as const;
  const done = (await Promise.all([run(texts.slice(0, half), folders[0]), run(texts.slice(half), folders[1])])).flat();
  const outcomes = clear.map(({ line, meaning }, index) => {
    const one = done[index] ?? { starts: [], hasChanged: false };
    return { line, meaning, starts: one.starts, surprises: surprises(meaning, one) };
  });
  return { outcomes, wrong: outcomes.filter((one) => one.surprises.length > 0) };
}

/** Other seeds: `FUZZ_SEED=7 FUZZ_LINES=50000 vitest run test/engine/commandFuzz.test.ts`. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_251_122);
const LINES = Number(process.env['FUZZ_LINES'] ?? 6000);

test(`whatever bash starts was listed, or there is a doubt (seed ${SEED})`, { timeout: 180_000 }, async () => {
  const parser = await bashParser();
  const read = (line: string): Meaning => understand(line, parser);
  const { outcomes, wrong: suspects } = await runClear(commandLines(SEED, LINES), read);
  // What a line leaves running in the background may be counted for the next one: each must do it again by itself.
  const wrong = (await Promise.all(suspects.slice(0, 20).map(({ line }) => runClear([line], read)))).flatMap(
    (again) => again.wrong,
  );
  const ran = outcomes.filter(({ starts }) => starts.length > 0);
  const strictly = ran.filter(({ meaning }) => meaning.doubts.length === 0);
  expect.soft(ran.length / LINES).toBeGreaterThan(0.12);
  expect.soft(strictly.length / LINES).toBeGreaterThan(0.06);
  expect(wrong.map(({ line, surprises: found }) => ({ line, found }))).toEqual([]);
});

test('a reader that overlooks something is found out', { timeout: 180_000 }, async () => {
  const parser = await bashParser();
  const lines = commandLines(SEED + 1, 8000);
  const whole = (line: string): Meaning => understand(line, parser);
  const blind: Record<string, (line: string) => Meaning> = {
    // What a substitution starts is found before what stands around it.
    'a substitution': (line) => {
      const meaning = whole(line);
      return /\$\(|`/.test(line) ? { ...meaning, programs: meaning.programs.slice(1) } : meaning;
    },
    'what words stand behind a name': (line) => {
      const meaning = whole(line);
      return { ...meaning, programs: meaning.programs.map((words) => words.slice(0, 2)) };
    },
    'that a redirection writes': (line) => {
      const meaning = whole(line);
      return { ...meaning, doubts: meaning.doubts.filter(({ why }) => !why.startsWith('it writes')) };
    },
  };
  for (const [what, read] of Object.entries(blind)) {
    const { wrong } = await runClear(lines, read);
    console.log(`${what}: found out by ${wrong.length} lines`);
    expect.soft(wrong.length, what).toBeGreaterThan(0);
  }
});
