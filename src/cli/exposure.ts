import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { composeEngine } from '../compose.ts';
import { exposureBlocks } from '../core/exposure/exposureBlocks.ts';
import { reachOf } from '../core/exposure/reach.ts';
import { reachBlocks } from '../core/exposure/reachWords.ts';
import { receiptText, RECEIPT_FORMS, sealed } from '../core/exposure/receipt.ts';
import { togetherBlocks } from '../core/exposure/togetherBlocks.ts';
import { PolicyInvalid } from '../core/policy/policyInvalid.ts';
import { countFiles } from '../node/exposure/countFiles.ts';
import { exposureIn } from '../node/exposure/receiptOf.ts';
import { togetherIn } from '../node/exposure/togetherIn.ts';
import { sha256 } from '../node/files/hash.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { ownFolders } from '../node/folders.ts';
import type { Reach } from '../shared/reach.ts';
import { exact } from '../shared/visible.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { errorWords, refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { writeNew } from './newFile.ts';
import { printBlocks } from './printBlocks.ts';
import { runNamed } from './runNamed.ts';

interface OfRun {
  receipt: string | undefined;
  output: string | undefined;
  json: boolean;
}

/** `oversign exposure RUN`: what has left for a run, or its receipt. */
export async function exposureOfRun(named: string, { receipt, output, json }: OfRun): Promise<number> {
  const form = receipt === undefined ? undefined : RECEIPT_FORMS.find((one) => one === receipt);
  if (receipt !== undefined && form === undefined)
    return refuse('usage', `--receipt ${receipt}: choose one of ${RECEIPT_FORMS.join(', ')}`);
  if (output !== undefined && form === undefined) return refuse('usage', '--output is for a receipt: give --receipt');
  const file = logFile();
  if (!existsSync(file)) return refuse('nothing', `there is no audit log yet (${file})`);
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const { run } = await runNamed(named, audit);
  const { log, fold } = exposureIn(file, run);
  const exposure = fold.result();
  if (form !== undefined) {
    const text = receiptText(sealed({ exposure, log, events: fold.span }, sha256), form);
    if (output === undefined) process.stdout.write(text);
    else writeNew(output, text);
  } else if (json) writeObject('exposure', exposure);
  else printBlocks(exposureBlocks(exposure));
  return exitCode('done');
}

/** `oversign exposure`: what the agent can see in a workspace, and what has left of its runs. */
export async function exposureHere({ json, ...options }: DecidingOptions & { json: boolean }): Promise<number> {
  const parts = await decidingParts(options);
  const { reach, problem } = await reachHere(parts);
  const folder = parts.roots[0] ?? '';
  const together = await togetherHere(folder);
  if (json) writeObject('workspace-exposure', { folder, reach, left: together });
  else printBlocks([...(reach ? reachBlocks(reach) : []), ...togetherBlocks(together, folder)]);
  // What has left is to be seen whatever the policy is.
  return problem === undefined ? exitCode('done') : refuse('policy', problem);
}

async function reachHere(
  parts: Awaited<ReturnType<typeof decidingParts>>,
): Promise<{ reach: Reach | null; problem?: string }> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    const { policy, scope } = await composeEngine(parts).profile();
    const files = await countFiles(scope, stop.signal);
    const hasDoor = parts.sandbox.chosen(policy.backend.value).hasDoor === true;
    return { reach: reachOf(policy, scope, { files, destination: null, hasDoor }) };
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    return { reach: null, problem: exact(errorWords(error)) };
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

async function togetherHere(folder: string): Promise<ReturnType<typeof togetherIn>> {
  const file = logFile();
  if (!existsSync(file)) return togetherIn(undefined, folder);
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  return togetherIn(file, folder);
}

function logFile(): string {
  return join(ownFolders(process.env).data, 'audit.db');
}
