import type { Erasing } from '../core/audit/port.ts';
import { visibleLine } from '../shared/visible.ts';
import { isSaid } from '../terminal/confirm.ts';
import { KeptVersions } from '../node/checkpoint/keptVersions.ts';
import { sizeText } from '../node/sandbox/limits.ts';
import { evidenceHere } from './evidenceHere.ts';

export interface EraseOptions {
  run: string | undefined;
  user: string | undefined;
  yes: boolean;
}

/** `oversign erase --run RUN | --user NAME`: takes payloads out of the log for good. Exit code 1 if nothing was. */
export async function erase({ run, user, yes }: EraseOptions): Promise<number> {
  const what: Erasing | undefined =
    run !== undefined && user === undefined
      ? { scope: 'run', run }
      : user !== undefined && run === undefined
        ? { scope: 'person', user }
        : undefined;
  if (!what) {
    process.stderr.write('oversign: erase wants either --run RUN or --user NAME\n');
    return 2;
  }
  const whose = what.scope === 'run' ? `run ${what.run}` : `all runs that ${what.user} started`;
  if (
    !yes &&
    !(await isSaid(
      `Erase task texts, arguments, outputs and kept earlier versions of files of ${visibleLine(whose)} for good? What they changed can then not be taken back. The events stay, and a new one says that this was erased. [y/N] `,
    ))
  ) {
    process.stdout.write('Nothing was erased.\n');
    return 1;
  }
  const { audit, evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  const { payloads, conversations, runs, left } = await audit.erase(what);
  const kept = await new KeptVersions(data).erase(runs);
  process.stdout.write(
    payloads + conversations === 0
      ? `There was nothing to erase: no such run, it is still active, or it was erased before.${left === undefined ? '' : ` And ${left}.`}\n`
      : `${payloads} payloads were erased${kept.bytes === 0 ? '' : `, and ${sizeText(kept.bytes)} of kept earlier versions of files`}.${left === undefined ? '' : ` But ${left}.`}\n`,
  );
  return payloads + conversations === 0 ? 1 : 0;
}
