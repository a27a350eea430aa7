import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { changeLines, policyText, policyValues } from '../core/policy/entries.ts';
import { policyJsonSchema } from '../core/policy/jsonSchema.ts';
import { nodeParts } from '../node/engineParts.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { isSaid } from '../terminal/confirm.ts';
import { allowHosts } from './allowHosts.ts';
import { exitCode } from './exitCodes.ts';
import { refuse, tellProgram } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { checkFiles, checkWorkspace, type CheckOptions } from './policyCheck.ts';

type PolicyOptions = DecidingOptions & CheckOptions & { yes: boolean; version: string };

/** `oversign policy check|show|schema|accept|allow-hosts`. */
export async function policy(words: readonly string[], options: PolicyOptions): Promise<number> {
  const [command, ...files] = words;
  if (command === 'allow-hosts') return allowHosts(files, options);
  if (command !== 'check' && files.length > 0)
    return refuse('usage', `"${files[0] ?? ''}" is one word too many for policy ${command ?? ''}`);
  switch (command) {
    case 'check':
      return files.length > 0 ? checkFiles(files, options) : checkWorkspace(options);
    case 'show':
      return show(options);
    case 'schema':
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
      return exitCode('done');
    case 'accept':
      return accept(options);
    default:
      return refuse(
        'usage',
        'policy check [FILE...], policy show, policy schema, policy accept or policy allow-hosts NAME...',
      );
  }
}

async function show(options: PolicyOptions): Promise<number> {
  const effective = await composeEngine(await decidingParts(options)).policyLookedThrough();
  for (const { file, line, column, severity, message } of effective.notes)
    process.stderr.write(`${visibleLine(`${file}:${line}:${column}: ${severity}: ${message}`)}\n`);
  if (options.json) for (const entry of policyValues(effective)) writeObject('policy-value', entry);
  else process.stdout.write(exact(policyText(effective)));
  return exitCode('done');
}

async function accept(options: PolicyOptions): Promise<number> {
  const node = await nodeParts({
    folders: [resolve(options.workspace)],
    environment: options.environment,
    version: options.version,
    editor: NO_EDITOR,
  });
  await using _log = node.evidence;
  const engine = composeEngine(node.parts);
  const offers = await engine.acceptable();
  // With --json, standard output is for what was accepted alone.
  const output = options.json ? process.stderr : process.stdout;
  if (offers.length === 0) output.write('There is no workspace policy here that waits to be accepted.\n');
  for (const offer of offers) {
    const { file, digest } = offer;
    output.write(
      exact(
        `${file} (SHA-256 ${digest})\nAccepting exactly this content would change:\n${changeLines(offer.change).join('\n')}\n`,
      ),
    );
    if (!options.yes && !(await isSaid('Accept it? [y/N] ', '', output))) {
      output.write('Not accepted.\n');
      return tellProgram('failed', 'not accepted');
    }
    await engine.accept(offer, node.acceptance);
    output.write('Accepted. Any change to the file asks again. It counts from the next run.\n');
    if (options.json) writeObject('acceptance', { file, digest });
  }
  return exitCode('done');
}
