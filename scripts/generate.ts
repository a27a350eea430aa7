/**
 * `npm run generate`: writes the names of the tools and of the sandboxes for the policy's schema, and what is known of the providers; what is made from the schemas: the policy's JSON Schema, its reference page, the table of
 * events, and the settings in the manifest; what the README says of system packages; and the lock as every npm leaves
 * it. With `--check` it writes nothing and fails where a file is not what it would write.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { policyJsonSchema } from '../src/core/policy/jsonSchema.ts';
import type { ToolPorts } from '../src/core/tools/ports.ts';
import { builtInTools } from '../src/core/tools/table.ts';
import { PROVIDERS } from '../src/node/models/providers.ts';
import { CONFINING, TO_COME } from '../src/node/sandbox/backends.ts';
import { auditPage } from './generate/auditPage.ts';
import { backendNames } from './generate/backendNames.ts';
import { devcontainer } from './generate/devcontainer.ts';
import { steadyLock } from './generate/lockFile.ts';
import { withSettings } from './generate/manifest.ts';
import { policyPage } from './generate/policyPage.ts';
import { providers } from './generate/providers.ts';
import { readmePage } from './generate/readme.ts';
import { toolNames } from './generate/toolNames.ts';

const repository = join(import.meta.dirname, '..');
const TOOL_NAMES_FILE = 'src/core/policy/toolNames.ts';
const PROVIDERS_FILE = 'src/shared/providers.ts';
const BACKENDS_FILE = 'src/core/sandbox/backendNames.ts';
/** Modules that what follows is made from. */
const MODULES: readonly string[] = [TOOL_NAMES_FILE, PROVIDERS_FILE, BACKENDS_FILE];

// No call is described with them.
const NO_PORTS = {} as ToolPorts;

/** The file as it stands; empty where there is none. */
function current(file: string): string {
  const path = join(repository, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Every generated file with its content, formatted as the repository is. */
export async function generated(): Promise<{ file: string; content: string }[]> {
  const contents = {
    [TOOL_NAMES_FILE]: toolNames(builtInTools(NO_PORTS)),
    [PROVIDERS_FILE]: providers(PROVIDERS),
    [BACKENDS_FILE]: backendNames(Object.values(CONFINING), TO_COME),
    'media/policy.schema.json': JSON.stringify(policyJsonSchema(), null, 2),
    'docs/policy.md': policyPage(),
    'docs/audit.md': auditPage(current('docs/audit.md')),
    'package.json': withSettings(current('package.json')),
    'package-lock.json': steadyLock(current('package-lock.json')),
    '.devcontainer/devcontainer.json': devcontainer(),
    'README.md': readmePage(current('README.md')),
  };
  return Promise.all(
    Object.entries(contents).map(async ([file, text]) => {
      const path = join(repository, file);
      return { file, content: await format(text, { ...(await resolveConfig(path)), filepath: path }) };
    }),
  );
}

async function main(words: readonly string[]): Promise<number> {
  const isCheck = words.includes('--check');
  const differing = (await generated()).filter(({ file, content }) => content !== current(file));
  for (const { file, content } of differing) {
    if (isCheck) console.error(`${file} is not what it is made from. Run: npm run generate`);
    else writeFileSync(join(repository, file), content);
  }
  if (!isCheck)
    console.log(differing.length === 0 ? 'Nothing has changed.' : differing.map(({ file }) => file).join('\n'));
  // The rest was made from the modules as they stood before.
  if (!isCheck && differing.some(({ file }) => MODULES.includes(file)))
    return spawnSync(process.execPath, [import.meta.filename], { stdio: 'inherit' }).status ?? 1;
  return isCheck && differing.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
