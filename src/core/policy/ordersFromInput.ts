import type { ProgramWords } from './commandPattern.ts';

// Programs that do what their standard input says. There the words of a line are not the whole of what runs.

const SHELLS = /^(ba|da|a|z|k|mk|rba|ya|fi|c|tc)?sh$/;
/** They run a program from their input where their words name none. */
const LANGUAGES =
  /^(python|pypy|node|nodejs|deno|bun|tsx|ts-node|ruby|irb|perl|php|lua|luajit|R|Rscript|julia|ghci|runghc|ocaml|racket|guile|sbcl|clj|clojure|elixir|iex|erl|scala|kotlin|jshell|groovy|swift|pwsh|powershell|osascript|tclsh|wish|expect|octave|gnuplot|coffee|emacs)[0-9.]*$/;
/** They take orders from their input whatever their words say: statements, edits, words of another program. */
const ALWAYS =
  /^(xargs|parallel|ssh|su|runuser|script|at|batch|crontab|psql|mysql|mariadb|sqlite3?|sqlcmd|duckdb|mongo|mongosh|redis-cli|clickhouse-client|cqlsh|gdb|lldb|ed|ex|vi|vim|nvim|patch|ftp|sftp|lftp)$/;
/** What stands behind is a program, or the name of one. */
const PROGRAM = /^(-[a-zA-Z]*[cemf]|--?(eval|exec|command|print|module|file|code|run))$/;
const SHELLS_PROGRAM = /^[-+][a-zA-Z]*c$/;
/** What stands behind is neither. */
const VALUE =
  /^([-+][a-zA-Z]*[WXIrLoOQ]|--(require|import|loader|experimental-loader|rcfile|init-file|preload|conditions|check-hash-based-pycs))$/;
const INPUT = /^(-|\/dev\/(stdin|fd\/0)|\/proc\/[^/]+\/fd\/0)$/;

/** Whether such a start runs, or may run, what comes to its standard input. */
export function takesOrders([program, ...args]: ProgramWords): boolean {
  if (typeof program !== 'string') return true;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (ALWAYS.test(name)) return true;
  const isShell = SHELLS.test(name);
  if (!isShell && !LANGUAGES.test(name)) return false;
  // `-s` and `-i` read it whatever else they are given.
  if (args.some((word) => word === null || INPUT.test(word) || (isShell && /^-[a-zA-Z]*[si]/.test(word)))) return true;
  const isProgram = isShell ? SHELLS_PROGRAM : PROGRAM;
  return !args.some((word, at) => {
    if (word === null) return false;
    return /^[-+]/.test(word) ? isProgram.test(word) : !VALUE.test(args[at - 1] ?? '');
  });
}
