import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { changeLines, policyEntries, policyText } from '../core/policy/entries.ts';
import { policyJsonSchema } from '../core/policy/jsonSchema.ts';
import { nodeParts } from '../node/engineParts.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { isSaid } from '../terminal/confirm.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { checkFiles, checkWorkspace, type CheckOptions } from './policyCheck.ts';

type PolicyOptions = DecidingOptions & CheckOptions & { yes: boolean; version: string };

/** `oversign policy check|show|schema|accept`. Exit codes: 0 done, 1 invalid or not accepted, 2 wrong usage. */
export async function policy(words: readonly string[], options: PolicyOptions): Promise<number> {
  const [command, ...files] = words;
  if (command !== 'check' && files.length > 0) {
    process.stderr.write(`oversign: "${files[0] ?? ''}" is one word too many for policy ${command ?? ''}\n`);
    return 2;
  }
  switch (command) {
    case 'check':
      return files.length > 0 ? checkFiles(files, options) : checkWorkspace(options);
    case 'show':
      return show(options);
    case 'schema':
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
      return 0;
    case 'accept':
      return accept(options);
    default:
      process.stderr.write('oversign: policy check [FILE...], policy show, policy schema or policy accept\n');
      return 2;
  }
}

async function show(options: PolicyOptions): Promise<number> {
  const effective = await composeEngine(await decidingParts(options)).policyLookedThrough();
  for (const { file, line, column, severity, message } of effective.notes)
    process.stderr.write(`${visibleLine(`${file}:${line}:${column}: ${severity}: ${message}`)}\n`);
  process.stdout.write(
    options.json
      ? `${policyEntries(effective)
          .map(({ words: _, ...entry }) => jsonLine(entry))
          .join('\n')}\n`
      : exact(policyText(effective)),
  );
  return 0;
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
  if (offers.length === 0) {
    process.stdout.write('There is no workspace policy here that waits to be accepted.\n');
    return 0;
  }
  for (const offer of offers) {
    process.stdout.write(
      exact(
        `${offer.file} (SHA-256 ${offer.digest})\nAccepting exactly this content would change:\n${changeLines(offer.change).join('\n')}\n`,
      ),
    );
    if (!options.yes && !(await isSaid('Accept it? [y/N] '))) {
      process.stdout.write('Not accepted.\n');
      return 1;
    }
    await engine.accept(offer, node.acceptance);
    process.stdout.write('Accepted. Any change to the file asks again. It counts from the next run.\n');
  }
  return 0;
}
