import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Sandbox } from '../../core/sandbox/port.ts';
import type { EverHeld } from '../../core/scope/files.ts';
import { entryAt } from './entries.ts';
import { askGit, type QuestionRules } from './gitQuestions.ts';

/** Every object that a reference, a reflog or the index leads to, each with the path that it was found under. */
const LIST = ['rev-list', '--objects', '--all', '--reflog', '--indexed-objects', '--missing=allow-any'];
/** References that git keeps beside `refs` (gitrevisions(7)); `--all` leaves them out. */
const ASIDE =
  'FETCH_HEAD ORIG_HEAD MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD REBASE_HEAD BISECT_HEAD AUTO_MERGE MERGE_AUTOSTASH'.split(
    ' ',
  );
const MOST_REFERENCES = 5000;
const MOST_KNOWN = 50;

/** Remembers what was found out about a repository for as long as its references stay as they are. */
export class HeldFiles {
  readonly #sandbox: Sandbox;
  readonly #known = new Map<string, EverHeld>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  async find(
    top: string,
    wanted: { isKept(name: string): boolean; key: string },
    rules: QuestionRules,
  ): Promise<EverHeld> {
    const state = stateOf(top);
    const key = `${top}\0${wanted.key}\0${state ?? ''}`;
    const known = state === undefined ? undefined : this.#known.get(key);
    if (known) return known;
    const found = await this.#look(top, wanted, rules);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    if (found.kind !== 'unknown') this.#known.set(key, found);
    return found;
  }

  async #look(top: string, wanted: { isKept(name: string): boolean }, rules: QuestionRules): Promise<EverHeld> {
    let held: string | undefined;
    const result = await askGit({
      sandbox: this.#sandbox,
      rules,
      top,
      args: [...LIST, '--ignore-missing', ...ASIDE, '--'],
      most: 4096,
      onLine: (line) => {
        const name = line.slice(line.indexOf(' ') + 1);
        if (line.includes(' ') && name !== '' && wanted.isKept(name)) held = name;
        return held !== undefined;
      },
    });
    if (held !== undefined) return { kind: 'held', name: held };
    if (result?.ending.kind !== 'exited') return { kind: 'unknown' };
    // A repository without a commit has nothing to list, and git says so with an error.
    return result.ending.code === 0 || /does not have any commits|bad default revision/.test(result.output)
      ? { kind: 'none' }
      : { kind: 'unknown' };
  }
}

/** What changes whenever a reference or the index does; undefined where there are too many to look at. */
function stateOf(top: string): string | undefined {
  const folder = entryAt(`${top}/.git`)?.isDirectory() === true ? `${top}/.git` : top;
  const hash = createHash('sha256');
  let looked = 0;
  const note = (path: string): boolean => {
    const info = entryAt(path);
    hash.update(`${path}\0${info?.ino ?? ''}\0${info?.size ?? ''}\0${info?.mtimeNs ?? ''}\0`);
    return info?.isDirectory() === true;
  };
  const visit = (path: string): void => {
    if ((looked += 1) > MOST_REFERENCES || !note(path)) return;
    for (const name of namesIn(path)) visit(`${path}/${name}`);
  };
  for (const name of ['HEAD', 'index', 'packed-refs', 'refs', 'logs', 'worktrees', 'shallow', ...ASIDE])
    visit(`${folder}/${name}`);
  return looked > MOST_REFERENCES ? undefined : hash.digest('hex');
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
