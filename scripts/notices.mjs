// The notices of what the bundles contain: whoever passes the extension on passes these licences on with it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LICENCE = /^(licen[cs]e|copying|notice|third-party-notices)([-._].*)?$/i;

/**
 * One text for all packages of which something is in these metafiles (esbuild's), by name. Throws where a package
 * comes without the text of its licence: then somebody has to look.
 */
export function noticesOf(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs: parts }) => Object.keys(parts)),
  );
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const sections = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => LICENCE.test(file));
    const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
    if (files.length === 0) texts.push(...inReadme(folder));
    if (texts.length === 0) throw new Error(`${folder} is in a bundle and has no text of its licence`);
    return { name, text: [`${name} ${version} (${license})`, ...texts].join('\n\n') };
  });
  sections.push(secretRules());
  sections.sort((one, other) => (one.name < other.name ? -1 : 1));
  return `${['Oversign contains parts of these packages.', ...sections.map(({ text }) => text)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** What is no package, and stands in the sources with its licence. */
function secretRules() {
  const folder = join(import.meta.dirname, '..', 'src', 'core', 'redaction');
  const { from } = JSON.parse(readFileSync(join(folder, 'secretRules.json'), 'utf8'));
  const licence = readFileSync(join(folder, 'secretRules.LICENSE'), 'utf8').trim();
  return { name: 'gitleaks', text: `gitleaks, its rules: ${from} (MIT)\n\n${licence}` };
}

/** A licence that stands whole at the end of a README, under a heading of its own. */
function inReadme(folder) {
  const readme = join(folder, 'README.md');
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const [, licence = ''] = /\n#+ licen[cs]e\s*\n([^#]+)$/i.exec(text) ?? [];
  return /Copyright/.test(licence) && /Permission is hereby granted/.test(licence) ? [licence.trim()] : [];
}

/** The package of a bundled file: the nearest folder below node_modules that has a name of its own. */
function packageFolder(input) {
  const path = input.replace(/^[a-z-]+:/, '');
  if (!/(^|\/)node_modules\//.test(path)) return undefined;
  for (let folder = dirname(path); !folder.endsWith('node_modules'); folder = dirname(folder))
    if (
      existsSync(join(folder, 'package.json')) &&
      JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
    )
      return folder;
  throw new Error(`${input} is in a bundle, and it is not known of which package`);
}
