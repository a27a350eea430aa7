import type { Block, BlockOf, Words } from '../../../shared/block.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import { counted, namedList } from '../../../shared/named.ts';
import { exact } from '../../../shared/visible.ts';
import type { Preview } from '../../approval/desk.ts';
import { endingWords } from '../../sandbox/endingWords.ts';
import type { DryRun, EffectAt } from '../../sandbox/port.ts';
import type { Scope } from '../../scope/scope.ts';
import { isInside } from '../../scope/spelling.ts';
import { shownChange } from '../files/shownChange/shownChange.ts';
import { shortened } from '../text.ts';

/** So many lines are on a card; of so many texts the lines that changed are counted, up to so many bytes each. */
const [MOST_LISTED, MOST_TEXTS, MOST_TEXT_BYTES] = [200, 40, 200_000];
const MOST_OUTPUT = 4000;

type EffectFile = BlockOf<'effects'>['files'][number];

/** What a dry run did, as a person is shown it: how it ended, each change, what is not taken over, its output. */
export async function effectsShown(
  dry: DryRun,
  { output, scope }: { output: string; scope: Scope },
): Promise<{ blocks: Block[]; previews: Preview[] }> {
  const { result, touched, leftOut, obstacle } = dry;
  const ofGit = dry.changes.filter(({ path }) => path.split('/').includes('.git'));
  const others = dry.changes.filter((one) => !ofGit.includes(one));
  const tops = withoutInner(others);
  const previews: Preview[] = [];
  const files: EffectFile[] = [];
  for (const one of tops.slice(0, MOST_LISTED)) files.push(await fileOf(one, { dry, scope, others, previews }));
  const ended = endingWords(result.ending).replace(/^\[|\]$/g, '');
  const blocks: Block[] = [
    said('eye', ['It ran in a view of the workspace. ', { strong: 'Nothing is changed yet.' }, ` There: ${ended}.`]),
    ...(tops.length === 0 && ofGit.length === 0 && touched === 0
      ? [said('circle-slash', ['It changed nothing.'])]
      : []),
    ...(tops.length === 0
      ? []
      : [{ kind: 'effects' as const, files, left: tops.length - files.length, hasDiffs: previews.length > 0 }]),
    ...(ofGit.length === 0 ? [] : [said('git-commit', namesIn(gitWords(ofGit)))]),
    ...(touched === 0 ? [] : [said('history', [`Of ${counted(touched, 'file')} the time alone changed.`])]),
    ...leftOut.map((words) => warning(namesIn(words))),
    ...(obstacle === undefined ? [] : [warning(namesIn(`This cannot be applied: ${obstacle}.`))]),
    ...(result.ending.kind === 'exited' && result.ending.code !== 0
      ? [said('info', ['In a view, folders cannot be renamed and there is no network: it may fail for that alone.'])]
      : []),
    { kind: 'exact', label: 'Output', text: output === '' ? '(none)' : exact(shortened(output, MOST_OUTPUT)) },
  ];
  return { blocks, previews };
}

/** What lies in a folder that goes is not listed by itself. */
function withoutInner(changes: readonly EffectAt[]): EffectAt[] {
  let gone: string | undefined;
  return changes.filter(({ path, before, after }) => {
    if (gone !== undefined && isInside(gone, path)) return false;
    if (before.kind === 'directory' && after.kind === 'absent') gone = path;
    return true;
  });
}

async function fileOf(
  one: EffectAt,
  { dry, scope, others, previews }: { dry: DryRun; scope: Scope; others: readonly EffectAt[]; previews: Preview[] },
): Promise<EffectFile> {
  const { path, before, after } = one;
  const isSame = before.kind === after.kind && before.digest === after.digest && before.size === after.size;
  const what = before.kind === 'absent' ? 'new' : after.kind === 'absent' ? 'gone' : isSame ? 'mode' : 'changed';
  const file: EffectFile = { what, path: scope.shown(path), words: wordsOf(one, others) };
  const isText = (before.kind === 'file' || after.kind === 'file') && !isSame;
  if (!isText || previews.length >= MOST_TEXTS) return file;
  const [was, will] = [await textOf(dry, path, 'before'), await textOf(dry, path, 'after')];
  if (was === undefined || will === undefined) return file;
  const { added, removed } = await shownChange(was, will);
  previews.push({ path, before: was, after: will });
  return { ...file, added, removed };
}

function wordsOf({ path, before, after, target }: EffectAt, others: readonly EffectAt[]): Words {
  const mode =
    before.mode !== undefined && after.mode !== undefined && before.mode !== after.mode
      ? `mode ${octal(before.mode)} to ${octal(after.mode)}`
      : undefined;
  if (after.kind === 'absent') {
    if (before.kind !== 'directory') return [`deleted, ${bytesWords(before.size ?? 0)}`];
    const inner = others.filter((one) => one.path !== path && isInside(path, one.path) && one.before.kind !== 'absent');
    return [
      inner.length === 0
        ? 'folder, deleted'
        : `folder, deleted with ${counted(inner.length, 'entry', 'entries')} in it`,
    ];
  }
  if (after.kind === 'link') return ['link to ', { exact: target ?? '' }];
  if (after.kind === 'directory')
    return [
      before.kind === 'directory' ? `folder, ${mode ?? ''}` : before.kind === 'absent' ? 'new folder' : 'a folder now',
    ];
  const sizes =
    before.kind === 'file'
      ? `${bytesWords(before.size ?? 0)} to ${bytesWords(after.size ?? 0)}`
      : bytesWords(after.size ?? 0);
  const isMode = before.kind === 'file' && before.digest === after.digest && before.digest !== undefined;
  return [[...(isMode ? [] : [sizes]), ...(mode === undefined ? [] : [mode])].join(', ')];
}

/** References first: they say what became of branches and tags. */
function gitWords(changes: readonly EffectAt[]): string {
  const inGit = ({ path }: EffectAt): string => path.slice(path.lastIndexOf('/.git/') + '/.git/'.length);
  const names = changes
    .filter(({ after, before }) => after.kind !== 'directory' && before.kind !== 'directory')
    .map(inGit);
  const references = names.filter((name) => name.startsWith('refs/') || name === 'HEAD' || name === 'packed-refs');
  const rest = names.length - references.length;
  const moved = references.length === 0 ? '' : ` ${namedList(references, 4)}`;
  return `Git’s own files change:${moved}${rest > 0 ? `${moved === '' ? '' : ','} ${counted(rest, 'more file')}` : ''}.`;
}

async function textOf(dry: DryRun, path: string, side: 'before' | 'after'): Promise<string | undefined> {
  const one = dry.changes.find((change) => change.path === path)?.[side];
  if (one?.kind !== 'file') return '';
  const bytes = await dry.content(path, side, MOST_TEXT_BYTES);
  if (!bytes || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What stands between backticks is a name (`named`), and is drawn as one. */
function namesIn(words: string): Words {
  return words.split('`').map((text, index) => (index % 2 === 0 ? text : { exact: text }));
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

function said(icon: string, words: Words): Block {
  return { kind: 'sentence', icon, tone: 'plain', words };
}

function warning(words: Words): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words };
}
