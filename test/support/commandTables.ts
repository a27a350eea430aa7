import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { commandWorld } from './commandWorld.ts';

// Tables written from manual pages, GTFOBins and published advisories, each line with its reason, by someone who had
// not read the classifier. `not-allow` is for lines where asking and denying are both right.

interface Line {
  command: string;
  expect: 'allow' | 'ask' | 'deny' | 'not-allow';
  why: string;
  kind?: string;
  needless?: boolean;
}

function linesOf(name: string): Line[] {
  const text = readFileSync(new URL(`../golden/commands/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** One test for each table: every line is decided as it says. `least`: how many lines it has. */
export function everyLineIsDecided(tables: readonly { name: string; least: number }[]): void {
  describe('commands, by table:', () => {
    for (const { name, least } of tables)
      test(`every line of ${name}.jsonl is decided as it says`, { timeout: 600_000 }, async () => {
        const { folder, policy } = await commandWorld();
        const parts = await decidingParts({ workspace: folder, environment: {}, userPolicy: policy });
        const engine = composeEngine(parts);
        const lines = linesOf(name);
        expect(lines.length).toBeGreaterThanOrEqual(least);
        const wrong: string[] = [];
        const questions: string[] = [];
        for (const { command, expect: wanted, why, needless } of lines) {
          const { decision } = await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) });
          const { verdict, rule, reason } = decision;
          const fits = wanted === 'not-allow' ? verdict !== 'allow' : verdict === wanted;
          if (!fits) wrong.push(`${command} => ${verdict} (${rule}: ${reason}), not ${wanted}: ${why}`);
          if (verdict === 'ask' && needless === true) questions.push(command);
        }
        expect(wrong).toEqual([]);
        if (name !== 'everyday') return;
        const asked = lines.filter((line) => line.expect === 'ask').length;
        console.log(`${lines.length} everyday commands: ${asked} ask, of these ${questions.length} needlessly`);
        expect(questions.length / lines.length).toBeLessThan(0.08);
      });
  });
}
