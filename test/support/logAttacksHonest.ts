import { join } from 'node:path';
import type { Verdict } from '../../src/core/audit/verdict.ts';
import { against, exportTo, verdictOf, type Line } from './logAttacksTable.ts';
import { KINDS, honestWorld, type Kind, type World } from './logWorld.ts';

/** Checks of honest logs, and those that raised an alarm. */
export interface Honest {
  checks: number;
  alarms: { world: string; what: string; words: string }[];
}

/** So many honest worlds of each kind, each checked as it lies, exported whole, and exported run by run. */
export async function honestWorlds(
  each: number,
  seed: number,
  base: string,
): Promise<{ worlds: World[]; honest: Honest }> {
  const worlds: World[] = [];
  const honest: Honest = { checks: 0, alarms: [] };
  for (let at = 0; at < each; at += 1)
    for (const kind of KINDS) {
      const world = await honestWorld(kind, seed + at, base);
      worlds.push(world);
      checkHonest(world, honest);
    }
  return { worlds, honest };
}

export function checkHonest(world: World, into: Honest): void {
  const check = (what: string, verdict: Verdict | Error): void => {
    into.checks += 1;
    // Some of these logs stop between two signatures; what is exported is signed to its end.
    const isFine = !(verdict instanceof Error) && (what === 'database' ? verdict.state !== 'broken' : verdict.ok);
    if (!isFine)
      into.alarms.push({
        world: nameOf(world.kind, world.seed),
        what,
        words: verdict instanceof Error ? String(verdict) : JSON.stringify(verdict.problem),
      });
  };
  const file = join(world.data, 'honest.jsonl');
  for (const witness of [true, false]) {
    const by = against(world, witness);
    check('database', verdictOf(world.file, 'database', by));
    exportTo(file, world.file);
    check('whole export', verdictOf(file, 'whole export', by));
    for (const run of world.runs) {
      exportTo(file, world.file, run);
      check(`export of ${run}`, verdictOf(file, 'run export', by));
    }
  }
}

function nameOf(kind: Kind, seed: number): string {
  return `${kind} ${seed}`;
}

export function tableText(lines: readonly Line[], honest: Honest): string {
  const rows = [
    ['attack', 'witness', 'trials', 'found', 'at the right event', 'not covered yet, and said so', 'missed'],
    ...lines.map(({ attack, witness, trials, found, rightEvent, notCovered, missed }) =>
      [attack, witness ? 'yes' : 'none', trials, found, rightEvent, notCovered, missed].map(String),
    ),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...text, `honest logs: ${honest.checks} checks, ${honest.alarms.length} false alarms`].join('\n');
}
