import { cutVisibly } from '../../src/shared/cut.ts';
import { exact } from '../../src/shared/visible.ts';
import { webTarget } from '../../src/shared/webTarget.ts';

/** A place in a file, as somebody spells it. Lines and columns count from 1. */
export interface FilePlace {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where a link of the agent leads. */
export type Target =
  | { readonly kind: 'web'; readonly href: string }
  | { readonly kind: 'file'; readonly place: FilePlace }
  /** It is not to be followed from here. */
  | { readonly kind: 'nowhere'; readonly href: string };

const MOST_SHOWN = 120;

export function targetOf(href: string): Target {
  const web = webTarget(href);
  if (web !== undefined) return { kind: 'web', href: web };
  const place = placeOf(href);
  return place ? { kind: 'file', place } : { kind: 'nowhere', href };
}

/** `src/a.ts`, `src/a.ts:4`, `src/a.ts:4:2`, `src/a.ts#L4`, `src/a.ts#L4-L9`: relative or whole, never of another scheme. */
function placeOf(href: string): FilePlace | undefined {
  const [, written = '', line, column] =
    /^([^:#?]+?)(?:[:#]L?([1-9]\d{0,6})(?:[:C]([1-9]\d{0,5}))?(?:-L?\d+(?:C\d+)?)?)?$/.exec(href) ?? [];
  const path = decoded(written);
  if (path === undefined || path === '' || path.startsWith('//') || path.includes('\\')) return undefined;
  if (/[\p{Cc}\p{Cf}]/u.test(path) || path.length > 1024) return undefined;
  return {
    path,
    ...(line !== undefined && { line: Number(line) }),
    ...(column !== undefined && { column: Number(column) }),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A place as people write it. */
export function placeWords({ path, line, column }: FilePlace): string {
  return exact([path, line, column].filter((part) => part !== undefined).join(':'));
}

/** The whole target, for whoever wants to know before they follow it. */
export function targetWords(target: Target): string {
  return target.kind === 'file' ? placeWords(target.place) : exact(target.href);
}

/**
 * What has to stand beside the words of a link, because they do not say where it leads: the whole target where they look
 * like another one, else the name of the server. Undefined where they are the target themselves.
 */
export function besideLink(words: string, target: Target): string | undefined {
  const whole = targetWords(target);
  const said = words.trim();
  if (saysItself(said, target, whole)) return undefined;
  const short = cutVisibly(whole, MOST_SHOWN);
  switch (target.kind) {
    case 'nowhere':
      return short;
    case 'file':
      return looksLikeAddress(said) ? short : undefined;
    case 'web': {
      const { hostname, host, username, password } = new URL(target.href);
      const isPlain = hostname !== '' && username === '' && password === '' && !looksLikeAddress(said);
      return isPlain ? exact(host) : short;
    }
  }
}

function saysItself(said: string, target: Target, whole: string): boolean {
  if (target.kind === 'nowhere') return false;
  if (target.kind === 'file') return said === whole || said === exact(target.place.path);
  const { username, password, search, protocol } = new URL(target.href);
  if (username !== '' || password !== '' || (protocol === 'mailto:' && search !== '')) return false;
  const bare = (address: string): string => address.replace(/^(https?:\/\/|mailto:)/, '').replace(/\/$/, '');
  return bare(said) === bare(whole);
}

/** Words that somebody may take for where it leads: an address, a server's name, a path. */
function looksLikeAddress(words: string): boolean {
  return /[/\\@:]|[^\s.]\.[^\s.]|\bwww\b/u.test(words.normalize('NFKC').replace(/[\u2024\u3002\uFF0E\uFF61]/g, '.'));
}
