/** The name that files for programs call this one by. */
const PRODUCT = 'oversign';
// What is looked at of a file: enough for every honest one, and no work for a moment in which nothing else happens.
const MOST_LINES = 20_000;
const MOST_RULES = 500;
const MOST_PATTERN = 300;
const MOST_STARS = 8;
const MOST_PATH = 2000;

interface Rule {
  allows: boolean;
  pattern: string;
}

/** Whether a host's robots.txt (RFC 9309) lets this program fetch a path, query and all. */
export function robotsAllow(text: string, path: string): boolean {
  const asked = path.slice(0, MOST_PATH);
  let best: Rule | undefined;
  for (const rule of ownRules(text))
    if (
      matches(rule.pattern, asked) &&
      (!best ||
        rule.pattern.length > best.pattern.length ||
        (rule.pattern.length === best.pattern.length && rule.allows))
    )
      best = rule;
  return best?.allows ?? true;
}

/** Those of all groups that name this program; where none does, of those for everybody. */
function ownRules(text: string): Rule[] {
  const groups = { own: undefined as Rule[] | undefined, all: [] as Rule[] };
  let agents: string[] = [];
  let isNaming = false;
  for (const line of text.split(/\r\n|\r|\n/, MOST_LINES)) {
    const [, key = '', written = ''] = /^\s*([a-z-]{1,40})\s*:([^#]*)/i.exec(line) ?? [];
    const name = key.toLowerCase();
    const value = written.trim();
    if (name === 'user-agent') {
      agents = isNaming ? [...agents.slice(-50), value.toLowerCase()] : [value.toLowerCase()];
      isNaming = true;
      if (isOwn(agents)) groups.own ??= [];
    } else if (name === 'allow' || name === 'disallow') {
      isNaming = false;
      if (value === '') continue;
      const rules = isOwn(agents) ? groups.own : agents.includes('*') ? groups.all : undefined;
      if (rules && rules.length < MOST_RULES) rules.push(...ruleOf(name === 'allow', value));
    }
  }
  return groups.own ?? groups.all;
}

function isOwn(agents: readonly string[]): boolean {
  return agents.some((agent) => /^[a-z_-]+/.exec(agent)?.[0] === PRODUCT);
}

/** What is too long to be understood forbids by its beginning, and allows nothing. */
function ruleOf(allows: boolean, written: string): Rule[] {
  const parts = written.split('*');
  const isWhole = written.length <= MOST_PATTERN && parts.length <= MOST_STARS + 1;
  if (isWhole) return [{ allows, pattern: written }];
  return allows ? [] : [{ allows, pattern: parts.slice(0, MOST_STARS).join('*').slice(0, MOST_PATTERN) }];
}

/** `*` is anything, `$` at the end is the end; else the path begins so. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const [first = '', ...parts] = (isAnchored ? pattern.slice(0, -1) : pattern).split('*').map(decoded);
  const whole = decoded(path);
  if (!whole.startsWith(first)) return false;
  let at = first.length;
  const last = isAnchored ? parts.pop() : undefined;
  for (const part of parts) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  if (!isAnchored) return true;
  return last === undefined ? at === whole.length : whole.endsWith(last) && whole.length - last.length >= at;
}

/** One spelling for what may be escaped and need not be (RFC 9309, 2.2.2). */
function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
