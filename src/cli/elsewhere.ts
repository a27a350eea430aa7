import { stateWords } from '../core/presence/elsewhere.ts';
import type { RunningRun } from '../core/audit/port.ts';
import { SharedRunRequests } from '../node/runs/runRequests.ts';
import { visibleLine } from '../shared/visible.ts';
import { localTime, runningLine, shortId } from '../terminal/historyText.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { hereOrProgram } from './here.ts';
import { writeObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';

/** `oversign runs`: what is at work in any window or terminal of the account. */
export async function runs(json: boolean): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const running = await audit.running();
  for (const run of running)
    if (json) writeObject('running', listed(run));
    else print(line(run));
  if (running.length === 0 && !json) print('No run is at work.');
  return exitCode('done');
}

/** `oversign stop RUN`: ends a run where it is, as its own *Stop* does. */
export async function stopRun(named: string, json: boolean): Promise<number> {
  const { audit, evidence, data } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const { run } = await runNamed(named, audit);
  const found = (await audit.running()).find((one) => one.run === run);
  if (!found) return refuse('failed', `run ${run} is not at work; see "oversign runs"`);
  await new SharedRunRequests({ data, audit, here: hereOrProgram() }).tell(found, 'stop');
  const [summary] = await audit.summaries([run]);
  const state = summary?.state ?? 'ended';
  if (json) writeObject('stopped', { run, state });
  else print(`run ${visibleLine(run)}: ${state}`);
  return exitCode('done');
}

function listed({ run, task, folder, since, at, place, pid, state }: RunningRun): Record<string, unknown> {
  return { run, state, task, folder, since, at, place, pid };
}

function line(run: RunningRun): string {
  return runningLine(`${shortId(run.run)}  ${stateWords(run, localTime)}, in ${run.folder}`, run.task);
}

function print(text: string): void {
  process.stdout.write(`${ownLine(text, columnsOf(process.stdout))}\n`);
}
