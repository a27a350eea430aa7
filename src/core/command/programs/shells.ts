import { isOpenFile } from '../input.ts';
import type { Judge, Judging } from '../judging.ts';
import { parseOptions } from '../options.ts';
import { known, mayBeOption, type Word } from '../word.ts';

// Programs that run a text as a shell does. What is given to them is read; where it cannot be, nothing is known.

const NAMES = ['bash', 'sh', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'rbash', 'yash', 'fish', 'csh', 'tcsh', 'posh'];

/** Options of bash(1) that change nothing that matters here. */
const PLAIN = /^(-[euxc]+|--norc|--noprofile|--posix|--noediting)$/;
const WITH_VALUE = /^(--rcfile|--init-file|[-+][a-zA-Z]*[oO])$/;
/** Of another shell's options it is not known which takes a text to run (`fish --command=…`). */
const UNDERSTOOD =
  /^([-+][a-zA-Z]+|--(rcfile|init-file|norc|noprofile|posix|noediting|login|verbose|restricted|version|help))$/;

interface Started {
  /** Whether the first operand is the text itself. */
  isText: boolean;
  /** Whether the script is read from standard input, whatever the operands. */
  readsInput: boolean;
  isPlain: boolean;
  operands: readonly Word[];
}

/** bash(1): options end at the first word that is none. Undefined where that cannot be told. */
function started(args: readonly Word[]): Started | undefined {
  const found = { isText: false, readsInput: false, isPlain: true };
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    const isEnd = word.kind === 'known' && /^--?$/.test(word.text);
    if (isEnd || !(mayBeOption(word) || word.text.startsWith('+')))
      return { ...found, operands: args.slice(isEnd ? at + 1 : at) };
    if (word.kind !== 'known' || !UNDERSTOOD.test(word.text)) return undefined;
    if (/^[-+][a-zA-Z]*c/.test(word.text)) found.isText = true;
    if (/^-[a-zA-Z]*[si]/.test(word.text)) found.readsInput = true;
    if (!PLAIN.test(word.text)) found.isPlain = false;
    if (WITH_VALUE.test(word.text)) {
      at += 1;
      if (args[at]?.kind !== 'known') return undefined;
    }
  }
  return { ...found, operands: [] };
}

/** `bash -c TEXT`; a script file is not looked into, and what stands on its input is, where it can be seen. */
const shell: Judge = (args, it, name) => {
  // Other shells read the same text differently.
  if (name !== 'bash') it.doubt(`${name} may be another shell than bash`);
  // `fish -C TEXT`
  const start = name === 'fish' && args.some(({ text }) => /^-[a-zA-Z]*C/.test(text)) ? undefined : started(args);
  if (!start) {
    it.unread(`which script ${name} runs cannot be known beforehand`);
    return;
  }
  if (!start.isPlain) it.doubt(`${name} is not understood with these options`);
  const [first] = start.operands;
  if (start.isText) {
    if (first) it.shell(first);
    else it.doubt(`${name} is given no script`);
  } else if (first && !start.readsInput) file(first, it, name);
  else input(it, name);
};

/** A script in a file: it is bound to what the file holds, not looked into. */
function file(script: Word, it: Judging, name: string): void {
  if (script.kind === 'known' && /^\/dev\/(stdin|fd\/0)$|^\/proc\/self\/fd\/0$/.test(script.text)) {
    input(it, name);
    return;
  }
  it.doubt(`${name} runs a script that was not looked into`);
  if (script.kind !== 'known' || isOpenFile(script.text))
    it.unread(`which script ${name} runs cannot be known beforehand`);
  it.path(script, 'read');
}

function input(it: Judging, name: string): void {
  it.doubt(`${name} runs a script that was not looked into`);
  readsInput(it, name);
}

/** A shell takes its commands from there. */
export function readsInput(it: Judging, name: string): void {
  if (it.input.kind === 'text') it.shell(it.input.text);
  else if (it.input.kind === 'unknown') it.unread(`what ${name} reads and runs cannot be seen`);
}

const source: Judge = (args, it, name) => {
  const [script] = args[0]?.text === '--' ? args.slice(1) : args;
  if (script) file(script, it, name);
};

/** What is run later, as the shell is at that time. */
const trap: Judge = (args, it) => {
  it.doubt('trap runs a command later');
  const [text] = args[0]?.text === '--' ? args.slice(1) : args;
  if (!text || (text.kind === 'known' && /^-[lp]?$/.test(text.text))) return;
  it.shell(text);
  // Run in between, it could change what later words mean.
  if (
    /[=]|\b(read|mapfile|declare|local|export|eval|source|cd|getopts|let|unset|printf|alias|hash|set|shopt)\b/.test(
      text.text,
    )
  )
    it.unread('trap may change what the rest of the line means');
};

const all = (words: readonly Word[], it: Judging): void => {
  if (words.every((word) => word.kind === 'known')) it.shell(known(words.map((word) => word.text).join(' ')));
  else it.unread('a shell runs a text that is not known beforehand');
};

/** The value of the last of these options, also where it is attached. */
function valueOf(args: readonly Word[], long: string): Word | undefined {
  for (const [at, word] of args.entries()) {
    if (word.kind === 'unknown' && mayBeOption(word)) return word;
    const [, name = '', value] = /^--([a-z]+)(?:=(.*))?$/s.exec(word.text) ?? [];
    // It can be cut short (getopt_long(3)).
    if (name !== '' && long.startsWith(name)) return value === undefined ? args[at + 1] : known(value);
    if (/^-[a-zA-Z]*c$/.test(word.text)) return args[at + 1];
    if (/^-[a-bd-z]*c./.test(word.text)) return known(word.text.replace(/^-[a-bd-z]*c/, ''));
  }
  return undefined;
}

/** `su -c TEXT`, `script -c TEXT`, `flock FILE -c TEXT`: without it, what they run is what they read. */
function withText(why: string, otherwise: (args: readonly Word[], it: Judging, name: string) => void): Judge {
  return (args, it, name) => {
    it.doubt(why);
    const text = valueOf(args, 'command');
    if (text) it.shell(text);
    else otherwise(args, it, name);
  };
}

/** Words behind the options and so many operands. */
function behind(options: string, count: number): (args: readonly Word[], it: Judging, name: string) => void {
  return (args, it, name) => {
    const strict: Judging = {
      ...it,
      doubt: (why) => {
        it.unread(why);
      },
    };
    const rest = parseOptions(options, args, strict, name, 'first').operands.slice(count);
    if (rest.length > 0) it.run(rest);
    else it.unread(`${name} is not understood with this`);
  };
}

/** The words together are a text for `sh -c`. */
const watch: Judge = (args, it, name) => {
  it.doubt(`${name} runs it again and again through a shell`);
  const values = /^-[a-zA-Z]*[nq]$|^--(interval|equexit)$/;
  let at = 0;
  for (; at < args.length && args[at]?.text.startsWith('-') === true; at += 1) {
    if (args[at]?.text === '--') {
      at += 1;
      break;
    }
    if (values.test(args[at]?.text ?? '')) at += 1;
  }
  if (at < args.length) all(args.slice(at), it);
  else it.unread(`${name} is not understood with this`);
};

/** What stands before `:::` is a text, in which the arguments are put. */
const parallel: Judge = (args, it, name) => {
  it.doubt('parallel starts programs through a shell');
  const end = args.findIndex((word) => /^:::/.test(word.text));
  const words = end === -1 ? args : args.slice(0, end);
  const start = words.findIndex((word) => !word.text.startsWith('-'));
  if (
    start === -1 ||
    words
      .slice(0, start)
      .some((word) => !/^-(j[0-9]+|k|X|m|q)$|^--(keep-order|halt=[\w,=]+|bar|will-cite|line-buffer)$/.test(word.text))
  )
    it.unread(`${name} is not understood with this`);
  if (start !== -1) all(words.slice(start), it);
};

/** ssh(1): what stands behind the host is a text for a shell there. */
const ssh: Judge = (args, it, name) => {
  it.doubt(`${name} reaches another machine`);
  // The first letter that takes a value takes the rest of its word.
  const takes = /^-[^BbcDEeFIiJLlmOoPpRSWw]*[BbcDEeFIiJLlmOoPpRSWw]$/;
  let at = 0;
  while (at < args.length && args[at]?.text.startsWith('-') === true) at += takes.test(args[at]?.text ?? '') ? 2 : 1;
  if (args.length > at + 1) all(args.slice(at + 1), it);
  else input(it, name);
};

const later: Judge = (args, it, name) => {
  it.doubt(`${name} runs it later`);
  const fromFile = args.find((word, at) => args[at - 1]?.text === '-f' || (name === 'crontab' && word.text !== '-'));
  if (args.some((word) => /^-[a-zA-Z]*[lrcdqv]$/.test(word.text)) || fromFile) return;
  input(it, name);
};

const mapfile: Judge = (args, it, name) => {
  it.doubt(`${name} sets variables`);
  for (const [at, word] of args.entries()) {
    const [, attached] = /^-t*C(.*)$/s.exec(word.text) ?? [];
    const value = attached === '' ? args[at + 1] : attached === undefined ? undefined : known(attached);
    if (value) it.shell(value);
    if (word.kind !== 'known') it.unread(`${name} is not understood with this`);
  }
};

export const SHELLS: [string, Judge][] = [
  ...NAMES.map((name): [string, Judge] => [name, shell]),
  ['source', source],
  ['.', source],
  // The walk reads the text itself, which may change what stands behind it.
  [
    'eval',
    (_args, it) => {
      it.doubt('eval runs what a text says');
    },
  ],
  ['trap', trap],
  ['watch', watch],
  ['parallel', parallel],
  ['ssh', ssh],
  ['at', later],
  ['batch', later],
  ['crontab', later],
  ['mapfile', mapfile],
  ['readarray', mapfile],
  [
    'su',
    withText('su runs it as somebody else', (_args, it, name) => {
      input(it, name);
    }),
  ],
  [
    'sg',
    withText('sg runs it as another group', (_args, it, name) => {
      input(it, name);
    }),
  ],
  ['newgrp', (_args, it, name) => input(it, name)],
  [
    'runuser',
    withText('runuser runs it as somebody else', (args, it, name) => {
      if (!args.some(({ text }) => /^(-[a-zA-Z]*u|--user)/.test(text))) input(it, name);
      else
        behind('-u=text -g=text -G=text -w=text -m -p -P -l -f --user=text --group=text --supp-group=text', 0)(
          args,
          it,
          name,
        );
    }),
  ],
  [
    'script',
    withText('script runs a shell and writes what it says', (_args, it, name) => {
      input(it, name);
    }),
  ],
  [
    'flock',
    withText(
      'flock makes a lock file',
      behind(
        '-s -x -e -u -n -o -F -w=text -E=text --shared --exclusive --unlock --nonblock --nb --timeout=text --wait=text --conflict-exit-code=text --close --no-fork --verbose',
        1,
      ),
    ),
  ],
];
