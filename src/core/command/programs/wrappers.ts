import { parseOptions } from '../options.ts';
import type { Judge, Judging } from '../judging.ts';
import { isOneWord, known, unknown, type Word } from '../word.ts';
import { isHarmlessSetting } from '../shellState.ts';

// Programs that start another one, with their options as in the manual pages. What they start is looked into.

function wrapper(options: string, operandsBefore = 0): Judge {
  return (args, it, name) => {
    const { operands } = parseOptions(options, args, it, name, 'first');
    if (!operands.slice(0, operandsBefore).every(isOneWord)) it.doubt(`${name} may be given more than one word`);
    const inner = operands.slice(operandsBefore);
    if (inner.length > 0) it.run(inner);
  };
}

const env: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(
    '-i -0 -u=text -C=list -S=text -v --ignore-environment --null --unset=text --chdir=list --split-string=text --debug',
    args,
    it,
    name,
    'first',
  );
  const text = options.get('-S') ?? options.get('--split-string');
  if (text) {
    it.doubt('env -S makes words of a text');
    it.shell(text);
  }
  let at = 0;
  for (; operands[at]?.text.includes('='); at += 1) {
    const word = operands[at] as Word;
    const cut = word.text.indexOf('=');
    const value = word.kind === 'known' ? known(word.text.slice(cut + 1)) : undefined;
    if (!isHarmlessSetting(word.text.slice(0, cut), value))
      it.doubt(`it sets ${word.text.slice(0, cut).slice(0, 40)} for a program`);
  }
  const folder = options.get('-C') ?? options.get('--chdir');
  if (operands.length === at) it.variable('*');
  if (operands.length > at) it.run(operands.slice(at), folder ? { folder } : {});
};

const xargs: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(
    '-0 -a=path -d=text -E=text -e? -I=text -i? -L=text -l? -n=text -o -p -P=text -r -s=text -t -x --null --arg-file=path --delimiter=text --eof? --replace? --max-lines? --max-args=text --max-procs=text --interactive --no-run-if-empty --max-chars=text --verbose --exit --open-tty --show-limits',
    args,
    it,
    name,
    'first',
  );
  const given = ['-I', '-i', '--replace', '-n', '--max-args', '-L', '-l', '--max-lines'].filter((option) =>
    options.has(option),
  );
  if (given.length > 1) it.doubt('xargs is told of several ways to build commands');
  const marker =
    (options.get('-I') ?? options.get('-i') ?? options.get('--replace'))?.text ??
    (options.has('-i') ? '{}' : undefined);
  // Names from a listing are names in the workspace, as a glob's are; anything else is anything.
  const input: Word = it.isFedByListing ? { kind: 'pattern', text: '*', head: '', isListed: true } : unknown('…');
  const inner = operands.length === 0 ? [known('echo')] : operands;
  it.run(
    marker === undefined
      ? [...inner, input]
      : inner.map((word) => (word.text === marker ? input : word.text.includes(marker) ? unknown(word.text) : word)),
  );
};

/** `bash -c TEXT`; a script file, or what stands on its input, cannot be known. */
const shell: Judge = (args, it, name) => {
  // Other shells read the same text differently.
  if (name !== 'bash') it.doubt(`${name} may be another shell than bash`);
  const at = args.findIndex((word) => word.kind === 'known' && /^-[a-z]*c$/.test(word.text));
  const text = at === -1 ? undefined : args[at + 1];
  const before = args.slice(0, Math.max(at, 0));
  if (
    text &&
    before.every((word) => word.kind === 'known' && /^(-[eux]+|--norc|--noprofile|--posix)$/.test(word.text)) &&
    /^-[eux]*c$/.test(args[at]?.text ?? '')
  ) {
    it.shell(text);
    return;
  }
  if (text) it.shell(text);
  it.doubt(`${name} runs a script that was not looked into`);
  const [script] = args.filter((word) => !word.text.startsWith('-'));
  if (script && !text) it.path(script, 'read');
};

const evaluate: Judge = (args, it) => {
  if (args.every((word) => word.kind === 'known')) it.shell(known(args.map((word) => word.text).join(' ')));
  it.doubt('eval runs what a text says');
};

/** Whatever these do with their command, it is not done as the agent, here, or now. */
function strange(why: string, options: string, operandsBefore = 0): Judge {
  return (args, it, name) => {
    it.doubt(why);
    const quiet: Judging = { ...it, doubt: () => undefined };
    const inner = parseOptions(options, args, quiet, name, 'first').operands.filter(
      (word, index) => index >= operandsBefore && !/^\w+=/.test(word.text),
    );
    if (inner.length > 0) it.run(inner);
  };
}

export const WRAPPERS: [string, Judge][] = [
  ['env', env],
  ['xargs', xargs],
  ['nice', wrapper('-# -n=text --adjustment=text')],
  ['ionice', wrapper('-c=text -n=text -t --class=text --classdata=text --ignore')],
  [
    'timeout',
    wrapper('-k=text -s=text -v --kill-after=text --signal=text --preserve-status --foreground --verbose', 1),
  ],
  ['stdbuf', wrapper('-i=text -o=text -e=text --input=text --output=text --error=text')],
  ['setsid', wrapper('-c -f -w --ctty --fork --wait')],
  ['time', wrapper('-f=text -p -v -q --format=text --portability --verbose --quiet')],
  ['nohup', strange('nohup may write nohup.out', '')],
  ['exec', strange('exec replaces the shell', '-a=text -c -l')],
  [
    'sudo',
    strange(
      'sudo runs it as somebody else',
      '-A -b -E -e -H -K -k -l -n -P -S -s -v -i -C=text -D=text -g=text -h=text -p=text -R=text -r=text -t=text -T=text -u=text -U=text --user=text --group=text',
    ),
  ],
  ['doas', strange('doas runs it as somebody else', '-n -s -u=text -C=text')],
  ['su', strange('su runs it as somebody else', '')],
  ['chroot', strange('chroot runs it in another root', '--userspec=text --groups=text --skip-chdir', 1)],
  ['unshare', strange('unshare runs it in other namespaces', '')],
  ['watch', strange('watch runs it again and again through a shell', '-b -c -d -e -g -n=text -p -t -x')],
  ['strace', strange('strace looks into another program', '-c -f -e=text -o=write -p=text -s=text -t -v -y')],
  ['busybox', strange('busybox is many programs', '')],
  ['parallel', strange('parallel starts programs through a shell', '')],
  ['flock', strange('flock makes a lock file', '', 1)],
  [
    'command',
    (args, it) => {
      if (!/^-[vV]$/.test(args[0]?.text ?? '')) it.doubt('command is not understood with this');
    },
  ],
  ['type', () => undefined],
  ['bash', shell],
  ['sh', shell],
  ['dash', shell],
  ['zsh', shell],
  ['ksh', shell],
  ['eval', evaluate],
];
