import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import type { Diagnostic, Layer } from '../core/policy/layer.ts';
import { PolicyInvalid } from '../core/policy/policyInvalid.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { checkedAlone } from '../node/policy/checkedAlone.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';

export interface CheckOptions {
  json: boolean;
  /** What is ignored is an error, too. */
  strict: boolean;
  /** As which layer files are read; the organization's where they have roles, else the user's. */
  layer?: string | undefined;
}

const LAYERS = ['organization', 'user', 'workspace', 'run'] as const satisfies readonly Layer[];

/** Files by themselves. */
export async function checkFiles(files: readonly string[], options: CheckOptions): Promise<number> {
  const layer = LAYERS.find((one) => one === options.layer);
  if (options.layer !== undefined && layer === undefined)
    return refuse('usage', `--layer ${options.layer}: choose one of ${LAYERS.join(', ')}`);
  const found: Diagnostic[] = [];
  for (const file of files) found.push(...(await checkedAlone(resolve(file), layer)));
  return report(found, options);
}

/** Those of the workspace, as they are in force together. */
export async function checkWorkspace(options: DecidingOptions & CheckOptions): Promise<number> {
  if (options.layer !== undefined)
    return refuse('usage', '--layer is for a FILE; the policies of a workspace are what they are');
  try {
    const { notes } = await composeEngine(await decidingParts(options)).policyLookedThrough();
    return report(notes, options);
  } catch (error) {
    if (error instanceof PolicyInvalid) return report(error.diagnostics, options);
    throw error;
  }
}

/** Each finding, and what they come to: valid is not the same as wholly in force. */
function report(found: readonly Diagnostic[], { json, strict }: CheckOptions): number {
  for (const one of found)
    if (json) writeObject('finding', one);
    else
      process.stdout.write(
        `${visibleLine(`${one.file}:${one.line}:${one.column}: ${one.severity}: ${one.message}`)}\n`,
      );
  const [errors, warnings] = (['error', 'warning'] as const).map(
    (severity) => found.filter((one) => one.severity === severity).length,
  ) as [number, number];
  const isRefused = errors > 0 || (strict && warnings > 0);
  if (json) writeObject('policy-check', { valid: errors === 0, refused: isRefused, errors, warnings });
  else process.stdout.write(`${resultWords(errors, warnings)}${isRefused && errors === 0 ? ' (--strict)' : ''}\n`);
  // What only --strict refuses is valid all the same.
  return exitCode(errors > 0 ? 'policy' : isRefused ? 'failed' : 'done');
}

function resultWords(errors: number, warnings: number): string {
  const warned = warnings === 1 ? '1 warning' : `${warnings} warnings`;
  if (errors > 0)
    return `${errors === 1 ? '1 error' : `${errors} errors`}${warnings > 0 ? `, ${warned}` : ''}: not valid`;
  return warnings > 0 ? `Valid, but not all of it counts: ${warned}` : 'The policy is valid.';
}
