import { stateWords } from '../core/presence/elsewhere.ts';
import type { RunningRun } from '../core/audit/port.ts';
import { SharedRunRequests } from '../node/runs/runRequests.ts';
import { visibleLine } from '../shared/visible.ts';
import { runningLine } from '../terminal/historyText.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { evidenceHere } from './evidenceHere.ts';
import { hereOrProgram } from './here.ts';

/** `oversign runs`: what is at work in any window or terminal of the account. */
export async function runs(json: boolean): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const running = await audit.running();
  for (const run of running) print(json ? jsonLine(listed(run)) : line(run));
  if (running.length === 0 && !json) print('No run is at work.');
  return 0;
}

/** `oversign stop RUN`: ends a run where it is, as its own *Stop* does. Exit code 1 where it is not at work. */
export async function stopRun(run: string): Promise<number> {
  const { audit, evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const found = (await audit.running()).find((one) => one.run === run);
  if (!found) {
    process.stderr.write(`oversign: run ${visibleLine(run)} is not at work; see "oversign runs"\n`);
    return 1;
  }
  await new SharedRunRequests({ data, audit, here: hereOrProgram() }).tell(found, 'stop');
  const [summary] = await audit.summaries([run]);
  print(`run ${visibleLine(run)}: ${summary?.state ?? 'ended'}`);
  return 0;
}

function listed({ run, task, folder, since, at, place, pid, state }: RunningRun): Record<string, unknown> {
  return { run, state, task, folder, since, at, place, pid };
}

function line(run: RunningRun): string {
  return runningLine(`${run.run}  ${stateWords(run)}, in ${run.folder}`, run.task);
}

function print(text: string): void {
  process.stdout.write(`${ownLine(text, columnsOf(process.stdout))}\n`);
}
