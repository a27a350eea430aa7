import type { Erasing } from '../core/audit/port.ts';
import { visibleLine } from '../shared/visible.ts';
import { isSaid } from '../terminal/confirm.ts';
import { KeptVersions } from '../node/checkpoint/keptVersions.ts';
import { sizeText } from '../node/sandbox/limits.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse, tellProgram } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';

export interface EraseOptions {
  run: string | undefined;
  user: string | undefined;
  yes: boolean;
  json: boolean;
}

/** `oversign erase --run RUN | --user NAME`: takes payloads out of the log for good. Ends as failed if nothing was. */
export async function erase({ run: named, user, yes, json }: EraseOptions): Promise<number> {
  if ((named === undefined) === (user === undefined))
    return refuse('usage', 'erase wants either --run RUN or --user NAME');
  const run = named === undefined ? undefined : await wholeName(named);
  const what: Erasing | undefined =
    run !== undefined && user === undefined
      ? { scope: 'run', run }
      : user !== undefined && run === undefined
        ? { scope: 'person', user }
        : undefined;
  if (!what) throw new Error('one of the two is there');
  const whose = what.scope === 'run' ? `run ${what.run}` : `all runs that ${what.user} started`;
  if (
    !yes &&
    !(await isSaid(
      `Erase task texts, arguments, outputs and kept earlier versions of files of ${visibleLine(whose)} for good? What they changed can then not be taken back. The events stay, and a new one says that this was erased. [y/N] `,
      '',
      json ? process.stderr : process.stdout,
    ))
  ) {
    (json ? process.stderr : process.stdout).write('Nothing was erased.\n');
    return tellProgram('failed', 'nothing was erased');
  }
  const { audit, evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  const { payloads, conversations, runs, left } = await audit.erase(what);
  const kept = await new KeptVersions(data).erase(runs);
  const count = payloads + conversations;
  if (count === 0)
    return refuse(
      'failed',
      `there was nothing to erase: no such run, it is still active, or it was erased before${left === undefined ? '' : `; and ${left}`}`,
    );
  if (json) writeObject('erased', { payloads, conversations, runs, keptBytes: kept.bytes, left });
  else
    process.stdout.write(
      `${payloads} ${payloads === 1 ? 'payload was' : 'payloads were'} erased${kept.bytes === 0 ? '' : `, and ${sizeText(kept.bytes)} of kept earlier versions of files`}.${left === undefined ? '' : ` But ${left}.`}\n`,
    );
  return exitCode('done');
}

/** What a person calls it may be the beginning of its name; what is asked and erased is the whole one. */
async function wholeName(named: string): Promise<string> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  return (await runNamed(named, audit)).run;
}
