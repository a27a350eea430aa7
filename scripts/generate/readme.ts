import { rootLine, PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import { MANAGERS, packagesOf, programsFor, SYSTEM_PROGRAMS } from '../../src/shared/systemPackages.ts';
import { downloadOf, installedOf } from '../machine/words.ts';

/** README.md: what is written by hand, with what the machine needs in its place. */
export function readmePage(current: string): string {
  const [before = '', rest = ''] = current.split(START);
  const [, after = ''] = rest.split(END);
  return `${before}${START}\n\n${needs()}\n\n${END}${after}`;
}

const START = '<!-- system packages: made by npm run generate -->';
const END = '<!-- system packages: end -->';

function needs(): string {
  const rows = SYSTEM_PROGRAMS.map(({ name, enough, neededFor, purpose, without }) => {
    const version = enough === undefined ? '' : ` ${enough} or later`;
    return `| ${name}${version} | ${neededFor.map((each) => `\`npm ${each}\``).join(', ')} | ${purpose} | ${without} |`;
  });
  const tried = MANAGERS.filter((name) => PACKAGE_MANAGERS[name].tried);
  const untried = MANAGERS.filter((name) => !PACKAGE_MANAGERS[name].tried);
  return [
    ['| what | for | what it does | without it |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    `On a bare Debian 12, \`npm start\` adds ${installedOf(programsFor('start'))} (${downloadOf(programsFor('start'))} to download), \`npm test\` ${installedOf(programsFor('test'))} (${downloadOf(programsFor('test'))}). By hand, as root:`,
    ['```', ...(['start', 'test'] as const).map((purpose) => rootLine(programsFor(purpose), 'apt')), '```'].join('\n'),
    `Tried with ${tried.join(', ')}; not tried: ${untried.map((name) => `${name} (\`${packagesOf(SYSTEM_PROGRAMS, name).join(' ')}\`)`).join(', ')}.`,
  ].join('\n\n');
}
