// The scripts by which an environment of Python is activated, as venv and virtualenv write them. Read line by line: one
// that holds anything else is a script like any other, which is not looked into.

const NAME =
  '(?:VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|VIRTUAL_ENV_DISABLE_PROMPT|PATH|PYTHONHOME|PS1|_OLD_VIRTUAL_(?:PATH|PYTHONHOME|PS1))';
const USE = `(?:\\$${NAME}|\\$\\{${NAME}(?::?-)?\\})`;
/** A text of a prompt, in which nothing is run. */
const TEXT = `(?:"(?:[^"\\\\\`$]|${USE})*"|'[^']*'|[\\w()./-]*)`;
const CONDITION = `\\[ (?:! )?(?:-[nz] )?"(?:\\$\\{?(?:${NAME}|OSTYPE|1|BASH|ZSH_VERSION|BASH_VERSION)(?::?-)?\\}?)"(?: !?==? "?\\w*"?)? \\]`;

const LINES = [
  `deactivate ?\\(\\) ?\\{|\\}|else|fi`,
  `(?:if|elif) ${CONDITION}(?: (?:\\|\\||&&) ${CONDITION})* ?; ?then`,
  `(?:export )?(?:VIRTUAL_ENV_PROMPT|PS1|_OLD_VIRTUAL_PS1)=${TEXT}`,
  `(?:PYTHONHOME|_OLD_VIRTUAL_PYTHONHOME)="\\$\\{?(?:_OLD_VIRTUAL_)?PYTHONHOME(?::?-)?\\}?"`,
  `PATH="\\$\\{?(?:_OLD_VIRTUAL_PATH)(?::?-)?\\}?"`,
  `_OLD_VIRTUAL_PATH="\\$PATH"`,
  `PATH="\\$VIRTUAL_ENV/(?:"?bin"?):\\$PATH"`,
  `export(?: ${NAME})+`,
  `unset(?: -f deactivate|(?: ${NAME})+)`,
  `hash -r 2> ?/dev/null(?: \\|\\| true)?`,
  `deactivate nondestructive`,
  `CYGWIN\\*\\|MSYS\\*\\|MINGW\\*\\)|\\*\\)|;;|esac`,
].map((line) => new RegExp(`^(?:${line})$`));
const MINE = /^(?:export )?VIRTUAL_ENV=(?:"([^"\\`$]*)"|'([^']*)'|([\w./-]+))$/;
/** Asks for the system by a program: before the environment's own can stand in its place. */
const SYSTEM = 'case "$(uname)" in';
const OWN_FIRST = /^PATH="\$VIRTUAL_ENV/;
const ON_WINDOWS =
  /^(?:if \[ "\$\{OSTYPE:-\}" = "cygwin" \] \|\| \[ "\$\{OSTYPE:-\}" = "msys" \] ; then|CYGWIN\*\|MSYS\*\|MINGW\*\))$/;
const WINDOWS = /^(?:export )?VIRTUAL_ENV=\$\(cygpath (?:"[^"\\`$]*"|'[^']*'|[\w./-]+)\)$/;

/** The scripts of environments that a shell may take on, by where they stand. */
export const ACTIVATION = /^(?:(?:.*\/)?)bin\/activate$/;

/** Whether a text only activates the environment in one of these folders: sets its variables, and starts nothing. */
export function onlyActivates(text: string, environments: readonly string[]): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
  let named = 0;
  for (const [at, line] of lines.entries()) {
    const mine = MINE.exec(line);
    if (mine) {
      if (!environments.includes(mine[1] ?? mine[2] ?? mine[3] ?? '')) return false;
      named += 1;
    } else if (WINDOWS.test(line)) {
      if (!ON_WINDOWS.test(lines[at - 1] ?? '')) return false;
    } else if (line === SYSTEM) {
      if (lines.slice(0, at).some((before) => OWN_FIRST.test(before))) return false;
    } else if (!LINES.some((one) => one.test(line))) return false;
  }
  return named > 0;
}

/** Programs that every environment has of its own. */
const ENVIRONMENTS_OWN = /^(python|pypy|pip|easy_install|wheel)[0-9.]*$/;

export function isEnvironmentsOwn(program: string): boolean {
  return ENVIRONMENTS_OWN.test(program);
}

export function isInterpreter(program: string): boolean {
  return /^(python|pypy)[0-9.]*$/.test(program);
}
