/**
 * `npm run projects-table`: small real projects, made anew from what the npm registry and Debian's packages hold, whose
 * own commands run outside the sandbox and inside, as root and as an ordinary user. Ends with 1 if one is different
 * inside without words that a person reads. PROJECT (a part of a name) and ACCOUNT choose some; VERBOSE shows output.
 */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECTS } from '../projects/all.ts';
import { accounts, play, whyNotHere, type Cell } from '../projects/play.ts';
import { inOneFile } from '../support/childProgram.ts';
import { installNvm } from '../support/projects/published.ts';
import { removeWhole } from '../support/tree.ts';

const [part, account] = [process.env['PROJECT'], process.env['ACCOUNT']];
const isVerbose = process.env['VERBOSE'] !== undefined;

const base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-projects-')));
const count = { same: 0, said: 0, wrong: 0, notHere: 0 };
try {
  chmodSync(base, 0o755);
  mkdirSync(join(base, 'nvm'));
  const stage = {
    base,
    bin: installNvm(join(base, 'nvm')),
    program: await inOneFile(join(import.meta.dirname, '../projects/child.ts'), join(base, 'child.mjs')),
  };
  console.log(['project', 'command', 'account', 'outside', 'inside', 'seconds outside', 'inside'].join(' | '));
  for (const project of PROJECTS.filter(({ name }) => part === undefined || name.includes(part))) {
    const why = whyNotHere(project);
    if (why !== undefined) {
      count.notHere += 1;
      console.log(`${project.name} | not here: ${why}`);
      continue;
    }
    try {
      const who = accounts().filter((one) => account === undefined || one === account);
      for await (const cell of play(project, stage, who)) print(cell);
    } catch (error) {
      count.wrong += 1;
      console.log(`${project.name} | CANNOT BE MADE: ${String(error)}`);
    }
  }
} finally {
  await removeWhole(base);
}
console.log(
  `${count.same} the same, ${count.said} different as said, ${count.wrong} wrong, ${count.notHere} projects not here`,
);
process.exitCode = count.wrong > 0 ? 1 : 0;

function print({ project, account: who, step, outside, inside, differs }: Cell): void {
  const words = differs === undefined ? [] : [differs];
  const cells = [
    project,
    step.line,
    who,
    outside.ended,
    inside.ended,
    outside.seconds.toFixed(1),
    inside.seconds.toFixed(1),
  ];
  console.log([...cells, ...words].join(' | '));
  if (differs === undefined) count.same += 1;
  else if (differs === 'said') count.said += 1;
  else count.wrong += 1;
  if (differs !== undefined || isVerbose) {
    for (const told of new Set(inside.told)) console.log(`    said: ${told}`);
    if (differs !== 'said' || isVerbose)
      for (const [name, { output }] of Object.entries({ outside, inside }))
        console.log(`    ${name}: ${output.slice(-2000).replaceAll('\n', '\n        ')}`);
  }
}
