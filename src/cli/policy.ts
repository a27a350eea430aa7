import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { PolicyInvalid } from '../core/policy/policyInvalid.ts';
import { changeLines, policyEntries, policyText } from '../core/policy/entries.ts';
import { policyJsonSchema } from '../core/policy/jsonSchema.ts';
import type { Diagnostic } from '../core/policy/layer.ts';
import { nodeParts } from '../node/engineParts.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { PolicyFiles } from '../node/policy/policyFiles.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { isSaid } from '../terminal/confirm.ts';
import { jsonLine } from '../terminal/jsonLine.ts';

type PolicyOptions = DecidingOptions & { json: boolean; yes: boolean; version: string };

/** `oversign policy check|show|schema|accept`. Exit codes: 0 done, 1 invalid or not accepted, 2 wrong usage. */
export async function policy(words: readonly string[], options: PolicyOptions): Promise<number> {
  const [command, ...files] = words;
  if (command !== 'check' && files.length > 0) {
    process.stderr.write(`oversign: "${files[0] ?? ''}" is one word too many for policy ${command ?? ''}\n`);
    return 2;
  }
  switch (command) {
    case 'check':
      return files.length > 0 ? checkFiles(files, options.json) : checkWorkspace(options);
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

/** Files by themselves, each as a user's policy would be read; an organization's roles are looked at too. */
async function checkFiles(files: readonly string[], json: boolean): Promise<number> {
  const all: Diagnostic[] = [];
  for (const file of files) {
    const path = resolve(file);
    const isOrganization = /^roles:/m.test(await readFile(path, 'utf8').catch(() => ''));
    const source = new PolicyFiles(
      isOrganization ? { organization: path, isOrganizationTrusted: true, roots: [] } : { run: path, roots: [] },
      { user: '', groups: [] },
    );
    const loaded = await source.load();
    if (!loaded.ok) all.push(...loaded.diagnostics);
  }
  return report(all, json);
}

async function checkWorkspace(options: PolicyOptions): Promise<number> {
  try {
    const { notes } = await composeEngine(await decidingParts(options)).policy();
    return report(notes, options.json);
  } catch (error) {
    if (error instanceof PolicyInvalid) return report(error.diagnostics, options.json);
    throw error;
  }
}

function report(found: readonly Diagnostic[], json: boolean): number {
  for (const one of found)
    process.stdout.write(
      json
        ? `${jsonLine(one)}\n`
        : `${visibleLine(`${one.file}:${one.line}:${one.column}: ${one.severity}: ${one.message}`)}\n`,
    );
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (!json) process.stdout.write(errors > 0 ? `${errors} errors\n` : 'The policy is valid.\n');
  return errors > 0 ? 1 : 0;
}

async function show(options: PolicyOptions): Promise<number> {
  const effective = await composeEngine(await decidingParts(options)).policy();
  process.stdout.write(
    options.json ? `${policyEntries(effective).map(jsonLine).join('\n')}\n` : exact(policyText(effective)),
  );
  return 0;
}

async function accept(options: PolicyOptions): Promise<number> {
  const node = await nodeParts({
    folders: [resolve(options.workspace)],
    environment: options.environment,
    version: options.version,
    editor: { isUnsaved: () => false },
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
