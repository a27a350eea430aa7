import { parseOptions } from '../options.ts';
import type { Judge } from '../judging.ts';
import { known } from '../word.ts';
import { awk } from './awk.ts';
import { BUILTINS } from './builtins.ts';
import { CHANGES } from './change.ts';
import { FILES } from './files.ts';
import { find } from './find.ts';
import { git } from './git.ts';
import { sed } from './sed.ts';
import { SHELLS } from './shells.ts';
import { TEXTS } from './text.ts';
import { WRAPPERS } from './wrappers.ts';

/** Programs that run code or reach the network, but say their version without doing either. */
const VERSIONED =
  'node npm npx pnpm python python3 pip pip3 ruby gem php perl java javac gcc g++ clang cc make cmake ninja docker kubectl curl wget dotnet deno bun tsc poetry uv bundle mvn gradle'.split(
    ' ',
  );

const version =
  (otherwise?: Judge): Judge =>
  (args, it, name) => {
    const [only, ...more] = args;
    const isVersion = only?.kind === 'known' && more.length === 0 && /^(--version|-v|-V|-version)$/.test(only.text);
    const isShort = only?.text === '-v' || only?.text === '-V' || only?.text === '-version';
    // Short forms mean something else to some.
    if (
      isVersion &&
      (!isShort || /^(node|npm|yarn|pnpm|php|perl|ruby|java)$/.test(name)) &&
      !(name === 'perl' && only.text === '-V')
    )
      return;
    if (otherwise) otherwise(args, it, name);
    else it.doubt(`${name} is not known to only look`);
  };

const go: Judge = (args, it) => {
  const [sub, ...rest] = args;
  if (sub?.text === 'version' && rest.length === 0) return;
  if (sub?.text === 'env' && rest.every((word) => word.kind === 'known' && /^([A-Z0-9_]+|-json)$/.test(word.text)))
    return;
  it.doubt('go is not known to only look');
};

const npm: Judge = (args, it, name) => {
  const [sub, ...rest] = args;
  if (sub?.text === 'run' && rest.length === 0) return; // lists the scripts
  const isGet = /^(config (get|list|ls)|pkg get|root|prefix)$/.test(
    `${sub?.text ?? ''}${/^(config|pkg)$/.test(sub?.text ?? '') ? ` ${rest[0]?.text ?? ''}` : ''}`,
  );
  if (
    isGet &&
    rest.every(
      (word) =>
        word.kind === 'known' &&
        /^(-g|--global|--json|[\w.:@/-]+)$/.test(word.text) &&
        !/^-(?!g$|-global$|-json$)/.test(word.text),
    )
  )
    return;
  if (sub?.kind === 'known' && /^(ls|list|ll)$/.test(sub.text)) {
    parseOptions(
      '-a -l -p -g --all --depth=text --json --long --parseable --prod --production --dev --only=text --omit=text --include=text --link',
      rest,
      it,
      name,
    );
    return;
  }
  it.doubt(
    `${name}${sub?.kind === 'known' && !sub.text.startsWith('-') ? ` ${sub.text.slice(0, 40)}` : ''} is not known to only look`,
  );
};

const PLAIN_SETTING =
  /^([-+][abefhmnptuvxBCEPT]*o?|allexport|errexit|errtrace|functrace|noclobber|noglob|nounset|pipefail|verbose|xtrace|[^-+].*)$/s;

/** `set -euo pipefail` and its kind: how the shell takes failures. */
const set: Judge = (args, it) => {
  const harmless = args.every(
    (word) => word.kind === 'known' && /^([-+][eux]*o?|pipefail|errexit|nounset|xtrace)$/.test(word.text),
  );
  if (!harmless || args.length === 0) it.doubt('set changes how the shell works');
  // -k, -H and posix change what words mean; what stands behind `--` are arguments.
  const end = args.findIndex((word) => word.text === '--');
  if (!(end === -1 ? args : args.slice(0, end)).every((word) => word.kind === 'known' && PLAIN_SETTING.test(word.text)))
    it.unread('set changes how the shell works');
};

const printenv: Judge = (args, it, name) => {
  const { operands } = parseOptions('* -0 --null', args, it, name);
  for (const word of operands.length > 0 ? operands : [known('*')])
    it.variable(word.kind === 'known' ? word.text : '*');
};

/** Programs that start those that stand behind them, and that people have; nobody calls a script of their own like that. */
const STARTERS =
  'bash sh dash ash zsh ksh mksh fish env xargs nice ionice timeout stdbuf setsid nohup sudo doas busybox toybox find flock strace unshare nsenter chroot setpriv taskset git'.split(
    ' ',
  );

/** Those, for a program that is given by a path which is none of the system's folders. */
export function starterCalled(name: string): Judge | undefined {
  return STARTERS.includes(name) ? PROGRAMS.get(name) : undefined;
}

/** Every program that is understood, by name. */
export const PROGRAMS: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ...VERSIONED.map((name): [string, Judge] => [name, version()]),
  ...FILES,
  ...TEXTS,
  ...CHANGES,
  ...WRAPPERS,
  ...SHELLS,
  ...BUILTINS,
  ['find', find],
  ['sed', sed],
  ['awk', awk],
  ['gawk', awk],
  ['mawk', awk],
  ['git', git],
  ['go', go],
  ['npm', version(npm)],
  ['set', set],
  ['printenv', printenv],
]);
