import { parseOptions } from '../options.ts';
import type { Judge, Judging } from '../judging.ts';
import { isOneWord, known, unknown, type Word } from '../word.ts';
import { readsInput } from './shells.ts';
import { isHarmlessSetting, isRunByPrograms, startsPrograms } from '../shellState.ts';

// Programs that start another one, with their options as in the manual pages. What they start is looked into.

/** Where an option of a wrapper is not known, nor is where its program begins. */
function strictly(it: Judging): Judging {
  return {
    ...it,
    doubt: (why) => {
      it.unread(why);
    },
  };
}

function wrapper(options: string, operandsBefore = 0): Judge {
  return (args, it, name) => {
    const { operands } = parseOptions(options, args, strictly(it), name, 'first');
    if (!operands.slice(0, operandsBefore).every(isOneWord)) it.unread(`${name} may be given more than one word`);
    const inner = operands.slice(operandsBefore);
    if (inner.length > 0) it.run(inner);
  };
}

const env: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(
    '-i -0 -u=text -C=list -S=text -v --ignore-environment --null --unset=text --chdir=list --split-string=text --debug',
    args,
    strictly(it),
    name,
    'first',
  );
  const text = options.get('-S') ?? options.get('--split-string');
  if (text) {
    it.doubt('env -S makes words of a text');
    // What stands behind the text are further words of it.
    const rest = operands.map((word) => (word.kind === 'known' ? quoted(word.text) : undefined));
    if (text.kind === 'known' && !rest.includes(undefined)) it.shell(known([text.text, ...rest].join(' ')));
    else it.unread('env makes words of a text that is not known beforehand');
    return;
  }
  // A dash alone means -i.
  let at = operands[0]?.text === '-' ? 1 : 0;
  for (; operands[at]?.text.includes('='); at += 1) {
    const word = operands[at] as Word;
    const cut = word.text.indexOf('=');
    const value = word.kind === 'known' ? known(word.text.slice(cut + 1)) : undefined;
    if (!isHarmlessSetting(word.text.slice(0, cut), value)) {
      const name = word.text.slice(0, cut);
      if (startsPrograms(name) || isRunByPrograms(name)) it.unread(`it sets ${name.slice(0, 40)} for a program`);
      else it.doubt(`it sets ${name.slice(0, 40)} for a program`);
    }
  }
  const folder = options.get('-C') ?? options.get('--chdir');
  if (operands.length === at) it.variable('*');
  else it.run(operands.slice(at), folder ? { folder } : {});
};

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const xargs: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(
    '-0 -a=path -d=text -E=text -e? -I=text -i? -L=text -l? -n=text -o -p -P=text -r -s=text -t -x --null --arg-file=path --delimiter=text --eof? --replace? --max-lines? --max-args=text --max-procs=text --interactive --no-run-if-empty --max-chars=text --verbose --exit --open-tty --show-limits',
    args,
    strictly(it),
    name,
    'first',
  );
  const given = ['-I', '-i', '--replace', '-n', '--max-args', '-L', '-l', '--max-lines'].filter((option) =>
    options.has(option),
  );
  if (given.length > 1) it.unread('xargs is told of several ways to build commands');
  const marker =
    (options.get('-I') ?? options.get('-i') ?? options.get('--replace'))?.text ??
    (options.has('-i') ? '{}' : undefined);
  // Names from a listing are names in the workspace, as a glob's are; anything else is anything.
  const input: Word = it.isFedByListing ? { kind: 'pattern', text: '*', head: '', isListed: true } : unknown('…');
  const inner = operands.length === 0 ? [known('echo')] : operands;
  // A shell that it starts reads nothing: xargs itself does.
  it.run(
    marker === undefined
      ? [...inner, input]
      : inner.map((word) => (word.text === marker ? input : word.text.includes(marker) ? unknown(word.text) : word)),
  );
};

/** Whatever these do with their command, it is not done as the agent, here, or now. */
function strange(why: string, options: string, operandsBefore = 0): Judge {
  return (args, it, name) => {
    it.doubt(why);
    const given = parseOptions(options, args, strictly({ ...it, path: () => undefined }), name, 'first').operands;
    const inner = given.slice(operandsBefore).filter((word, at, all) => !all.slice(0, at + 1).every(isSetting));
    if (!given.slice(0, operandsBefore).every(isOneWord)) it.unread(`${name} may be given more than one word`);
    if (inner.length > 0) it.run(inner);
  };
}

function isSetting(word: Word): boolean {
  return word.kind === 'known' && /^\w+=/.test(word.text);
}

const STRANGE: [name: string, why: string, options: string, operandsBefore?: number][] = [
  ['nohup', 'nohup may write nohup.out', ''],
  ['exec', 'exec replaces the shell', '-a=text -c -l'],
  ['doas', 'doas runs it as somebody else', '-L -n -s -u=text -C=text'],
  ['pkexec', 'pkexec runs it as somebody else', '--user=text --disable-internal-agent --keep-cwd'],
  ['chroot', 'chroot runs it in another root', '--userspec=text --groups=text --skip-chdir', 1],
  [
    'unshare',
    'unshare runs it in other namespaces',
    '-m? -u? -i? -n? -p? -U? -C? -T? -f -r -c -R=text -w=text -S=text -G=text --mount? --uts? --ipc? --net? --pid? --user? --cgroup? --time? --fork --map-root-user --map-current-user --map-auto --map-user=text --map-group=text --kill-child? --mount-proc? --propagation=text --setgroups=text --keep-caps --root=text --wd=text',
  ],
  [
    'nsenter',
    'nsenter runs it in other namespaces',
    '-a -t=text -m? -u? -i? -n? -p? -C? -U? -T? -S=text -G=text -r? -w? -F -Z --all --target=text --mount? --uts? --ipc? --net? --pid? --cgroup? --user? --time? --setuid=text --setgid=text --preserve-credentials --root? --wd? --no-fork',
  ],
  [
    'strace',
    'strace looks into another program',
    '-c -C -d -D -f -F -h -i -k -q -r -t -tt -ttt -T -v -V -w -x -y -z -Z -a=text -b=text -e=text -E=text -I=text -o=text -O=text -p=text -P=text -s=text -S=text -u=text -U=text -X=text',
  ],
  [
    'ltrace',
    'ltrace looks into another program',
    '-b -c -C -f -h -i -L -r -S -t -T -V -A=text -a=text -D=text -e=text -l=text -n=text -o=text -p=text -s=text -u=text -w=text -x=text',
  ],
  ['busybox', 'busybox is many programs', ''],
  ['toybox', 'toybox is many programs', ''],
  ['taskset', 'taskset says where it runs', '-a -c -p --all-tasks --cpu-list --pid', 1],
  [
    'chrt',
    'chrt says how it runs',
    '-a -b -d -f -i -o -r -R -m -p -v -T=text -P=text -D=text --batch --deadline --fifo --idle --other --rr --reset-on-fork --sched-runtime=text --sched-period=text --sched-deadline=text',
    1,
  ],
  ['linux32', 'linux32 says how it runs', '-B -F -I -L -R -S -T -X -Z -3 -v'],
  ['linux64', 'linux64 says how it runs', '-B -F -I -L -R -S -T -X -Z -3 -v'],
  [
    'setpriv',
    'setpriv says as whom it runs',
    '-d --dump --nnp --no-new-privs --clear-groups --keep-groups --init-groups --reset-env --ambient-caps=text --inh-caps=text --bounding-set=text --ruid=text --euid=text --rgid=text --egid=text --reuid=text --regid=text --groups=text --securebits=text --pdeathsig=text --selinux-label=text --apparmor-profile=text',
  ],
  [
    'prlimit',
    'prlimit says how it runs',
    '-c? -d? -e? -f? -i? -l? -m? -n? -q? -r? -s? -t? -u? -v? -x? -y? --core? --data? --fsize? --nofile? --nproc? --as? --cpu? --stack? --rss? --memlock? --noheadings --raw --verbose --output=text',
  ],
  [
    'numactl',
    'numactl says where it runs',
    '-a -l --all --localalloc -i=text -m=text -N=text -C=text -p=text --interleave=text --membind=text --cpunodebind=text --physcpubind=text --preferred=text',
  ],
  ['unbuffer', 'unbuffer runs it at a terminal', '-p'],
  ['fakeroot', 'fakeroot runs it as if as root', '-u -b=text -i=text -l=text -s=text --'],
  ['catchsegv', 'catchsegv runs another program', ''],
  ['chronic', 'chronic runs another program', '-v -e'],
  ['eatmydata', 'eatmydata runs another program', ''],
  ['rlwrap', 'rlwrap runs another program', ''],
  [
    'xvfb-run',
    'xvfb-run runs another program',
    '-a -l -e=text -f=text -n=text -p=text -s=text -w=text --auto-servernum --listen-tcp --error-file=text --auth-file=text --server-num=text --xauth-protocol=text --server-args=text --wait=text',
  ],
  ['dbus-run-session', 'dbus-run-session runs another program', '--config-file=text --dbus-daemon=text'],
  ['ssh-agent', 'ssh-agent runs another program', '-D -d -k -c -s -a=text -E=text -O=text -P=text -t=text'],
  [
    'valgrind',
    'valgrind runs another program',
    '-q -v --quiet --verbose --tool=text --leak-check? --error-exitcode=text --log-file=text --trace-children=text --track-origins=text',
  ],
  [
    'systemd-run',
    'systemd-run hands it to systemd',
    '-r -d -P -t -q -G -S --scope --user --system --wait --pty --pipe --quiet --collect --shell --same-dir --no-block --remain-after-exit --unit=text -u=text --property=text -p=text --description=text --slice=text --uid=text --gid=text --nice=text --working-directory=text --setenv=text -E=text',
  ],
];

const LOADERS = [
  'ld.so',
  ...['', '/lib/', '/lib64/', '/usr/lib/', '/usr/lib64/'].flatMap((folder) =>
    ['linux-x86-64.so.2', 'linux-aarch64.so.1', 'linux.so.2', 'linux-armhf.so.3', 'musl-x86_64.so.1'].map(
      (name) => `${folder}ld-${name}`,
    ),
  ),
];
const loader = strange(
  'the dynamic loader runs a program',
  '--list --verify --inhibit-cache --library-path=text --inhibit-rpath=text --audit=text --preload=text --argv0=text',
);

const asRoot = strange(
  'sudo runs it as somebody else',
  '-A -b -B -E -e -H -K -k -l -n -N -P -S -s -v -i -C=text -D=text -g=text -h=text -p=text -R=text -r=text -t=text -T=text -u=text -U=text --askpass --background --bell --preserve-env? --edit --set-home --remove-timestamp --reset-timestamp --list --non-interactive --preserve-groups --stdin --shell --validate --login --close-from=text --chdir=text --group=text --host=text --prompt=text --chroot=text --role=text --type=text --command-timeout=text --user=text --other-user=text',
);
/** Without a command the shell that it starts reads one. */
const sudo: Judge = (args, it, name) => {
  asRoot(args, it, name);
  if (args.some(({ text }) => /^-[a-zA-Z]*[si]|^--(shell|login)/.test(text))) readsInput(it, name);
};

/** The architecture can be left out; options may stand behind it. */
const setarch: Judge = (args, it, name) => {
  const [first] = args;
  const isNamed =
    first?.kind === 'known' && /^(x86_64|i.86|linux|aarch64|arm|ppc|s390|mips|sparc|uname)/.test(first.text);
  strange('setarch says how it runs', '-B -F -I -L -R -S -T -X -Z -3 -v')(isNamed ? args.slice(1) : args, it, name);
};

export const WRAPPERS: [string, Judge][] = [
  ...LOADERS.map((name): [string, Judge] => [name, loader]),
  ['setarch', setarch],
  ['sudo', sudo],
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
  ...STRANGE.map(([name, why, options, before]): [string, Judge] => [name, strange(why, options, before)]),
  [
    'command',
    (args, it) => {
      if (!/^-[vV]$/.test(args[0]?.text ?? '')) it.unread('command is not understood with this');
    },
  ],
  [
    'builtin',
    (_args, it) => {
      it.unread('builtin is not understood with this');
    },
  ],
  ['type', () => undefined],
];
