import type { Resource } from '../../shared/action.ts';
import { visibleLine } from '../../shared/visible.ts';
import { ToolFailure } from '../outcome.ts';
import {
  forbidding,
  literalPaths,
  permitting,
  type AllowedPaths,
  type PathRule,
  type PermittingRule,
} from './pathRule.ts';
import { RuleList } from './ruleList.ts';
import { originalsOf } from './backupNames.ts';
import { storeOf } from './contentStores.ts';
import { isGlob } from './glob.ts';
import { folderLabels, spellingsOf, type FolderNames } from '../../shared/folderLabels.ts';
import { isInside, relativeTo } from './spelling.ts';

/** What the rules say of one path and one way of touching it. `deny` cannot be approved by anyone. */
export type Standing =
  | { kind: 'free' }
  | { kind: 'secret'; rule: PathRule }
  | { kind: 'protected'; rule: PathRule }
  | { kind: 'denied'; rule: PathRule }
  /** It lies where copies of files are kept, and some of those files are denied (contentStores.ts). */
  | { kind: 'kept'; store: string }
  | { kind: 'outside' };

/** Everything path rules depend on. Roots are real paths (links resolved). */
export interface ScopeSpec {
  roots: string[];
  /** What a person calls them, where they have names of their own. */
  names?: FolderNames | undefined;
  home: string;
  /** A path must match one entry of every layer's list. */
  allowed: AllowedPaths[];
  denied: PathRule[];
  protected: PathRule[];
  secrets: PathRule[];
  /** What is the user's own content: a path must match one entry of each list; without lists nothing is. */
  own?: PathRule[][];
}

/**
 * The one place that says what a path is to the agent. Every tool asks here when it describes a call, the files
 * adapter asks again at the moment of use, and the sandbox profile is drawn from the same rules.
 */
export class Scope {
  readonly roots: readonly string[];
  readonly home: string;
  /** Denied paths that lie outside the workspace: their files may have other names inside it. */
  readonly deniedOutside: readonly string[];
  /** Whether a rule denies anything that may lie in the workspace. */
  readonly deniesInside: boolean;
  /** Whether anything that lies in the workspace is kept from the agent: denied, or left out of `allowed_paths`. */
  readonly keepsOut: boolean;
  /** The same text for the same rules about what is kept from the agent. */
  readonly rulesKey: string;
  readonly #spec: ScopeSpec;
  readonly #labels: ReadonlyMap<string, string>;
  #placesKey: string | undefined;
  readonly #allowed: { base: string | undefined; rules: PermittingRule[] }[];
  readonly #denied: RuleList;
  readonly #protected: RuleList;
  /** The same without what is protected in every workspace. */
  readonly #pinned: RuleList;
  readonly #secrets: RuleList;
  readonly #own: PermittingRule[][];

  constructor(spec: ScopeSpec) {
    this.#spec = spec;
    this.roots = spec.roots;
    this.#labels = folderLabels(spec.roots, spec.names);
    this.home = spec.home;
    const forbid = (rules: PathRule[]): RuleList => new RuleList(rules.map((rule) => forbidding(rule, spec)));
    this.#allowed = spec.allowed.map(({ base, rules }) => ({
      base,
      rules: rules.map((rule) => permitting(rule, spec)),
    }));
    this.#denied = forbid(spec.denied);
    this.#protected = forbid(spec.protected);
    this.#pinned = forbid(spec.protected.filter(({ origin }) => origin.layer !== 'built-in'));
    this.#secrets = forbid(spec.secrets);
    this.#own = (spec.own ?? []).map((rules) => rules.map((rule) => permitting(rule, spec)));
    this.deniedOutside = [
      ...new Set(
        spec.denied.flatMap((rule) =>
          rule.written.includes('/') || rule.written === '~' ? [...literalPaths(rule, spec), ...(rule.real ?? [])] : [],
        ),
      ),
    ].filter((path) => this.rootOf(path) === undefined);
    this.deniesInside = spec.denied.some((rule) => {
      if (isGlob(rule.written) || !/^[/~]/.test(rule.written)) return true;
      return [...literalPaths(rule, spec), ...(rule.real ?? [])].some(
        (path) => this.rootOf(path) !== undefined || this.roots.some((root) => isInside(path, root)),
      );
    });
    this.keepsOut = this.deniesInside || this.roots.some((root) => !this.isInScope(root, 'read'));
    this.rulesKey = JSON.stringify([spec.roots, spec.denied, spec.allowed]);
  }

  /** The same text for rules that say the same of every path. */
  get placesKey(): string {
    return (this.#placesKey ??= this.#keyOfPlaces());
  }

  #keyOfPlaces(): string {
    const { roots, home, allowed, denied, protected: guarded, secrets } = this.#spec;
    const plain = ({ written, base, real }: PathRule): unknown => [written, base, real];
    const lists = [denied, guarded, secrets].map((rules) => rules.map(plain));
    return JSON.stringify([roots, home, allowed.map(({ base, rules }) => [base, rules.map(plain)]), lists]);
  }

  /** The workspace folder that holds an absolute path, if any. */
  rootOf(path: string): string | undefined {
    const [only] = this.roots;
    if (only !== undefined && this.roots.length === 1) return isInside(only, path) ? only : undefined;
    return this.roots.filter((root) => isInside(root, path)).sort((a, b) => b.length - a.length)[0];
  }

  standing(path: string, access: Resource['access']): Standing {
    const denied = this.#deniedRule(path);
    if (denied) return { kind: 'denied', rule: denied };
    if (!this.isInScope(path, access)) return { kind: 'outside' };
    // Names in a store may be listed; what is under them may not be read, nor brought under another name.
    const store = access === 'list' ? undefined : this.storeAround(path);
    if (store !== undefined) return { kind: 'kept', store };
    if (access === 'write' || access === 'delete') {
      const guarded = this.#protected.find(path);
      if (guarded) return { kind: 'protected', rule: guarded };
    }
    if (access === 'read') {
      const secret = this.#secretRule(path);
      if (secret) return { kind: 'secret', rule: secret };
    }
    return { kind: 'free' };
  }

  /**
   * Whether a person may have git put back there where it stood (gitPointer.ts): nothing but the built-in rule for `.git`
   * keeps it. What a policy of theirs denies or protects stays as it is.
   */
  mayPoint(path: string): boolean {
    return this.isInScope(path, 'write') && !this.isDenied(path) && this.#pinned.find(path) === undefined;
  }

  isDenied(path: string): boolean {
    return this.#deniedRule(path) !== undefined;
  }

  /** The rule that denies a path itself, or the file that it is an editor's backup of. */
  #deniedRule(path: string): PathRule | undefined {
    const find = (one: string): PathRule | undefined => this.#denied.find(one);
    const own = find(path);
    if (own || !this.deniesInside) return own;
    for (const original of originalsOf(path)) {
      const rule = find(original);
      if (rule && this.rootOf(original) !== undefined) return rule;
    }
    return undefined;
  }

  /** The place around a path where copies of denied files may be kept; undefined where nothing in here is denied. */
  storeAround(path: string): string | undefined {
    if (!this.keepsOut) return undefined;
    const root = this.rootOf(path);
    if (root === undefined || path === root) return undefined;
    const store = storeOf(relativeTo(root, path));
    return store === undefined ? undefined : `${root === '/' ? '' : root}/${store}`;
  }

  /** Whether a command must not even see a path: it is denied, or `allowed_paths` leaves it out. */
  isHidden(path: string): boolean {
    return this.isDenied(path) || !this.isInScope(path, 'list');
  }

  isProtected(path: string): boolean {
    return this.#protected.find(path) !== undefined;
  }

  /** Whether a link at a path would put something else in the place of what is protected below it. */
  isAboveProtected(path: string): boolean {
    return this.#protected.isAbove(path);
  }

  isSecret(path: string): boolean {
    return this.#secretRule(path) !== undefined;
  }

  /** Whether the user has marked what stands there as their own. */
  isOwn(path: string): boolean {
    return this.#own.length > 0 && this.#own.every((rules) => rules.some((rule) => rule.matches(path)));
  }

  #secretRule(path: string): PathRule | undefined {
    // `.env.example` and its kind are written to be read.
    if (/(^|[.\-_])(example|sample|template)([.\-_]|$)/i.test(path.slice(path.lastIndexOf('/') + 1))) return undefined;
    const find = (one: string): PathRule | undefined => this.#secrets.find(one);
    return (
      find(path) ??
      originalsOf(path)
        .map(find)
        .find((rule) => rule !== undefined)
    );
  }

  /**
   * The path as people say it: relative to its workspace folder, with what the folder is called when there are several.
   * Hidden characters are written out.
   */
  shown(path: string): string {
    const root = this.rootOf(path);
    if (root === undefined) return visibleLine(path);
    const inside = relativeTo(root, path);
    if (this.roots.length === 1) return inside === '.' ? './' : visibleLine(inside);
    return visibleLine(`${this.#labelOf(root)}/${inside === '.' ? '' : inside}`);
  }

  /**
   * What somebody wrote as a path, as it is meant: with several workspace folders it begins with what one of them is
   * called, as `shown` and the editor's Explorer say it. Without that it starts where relative paths do.
   */
  meant(spelling: string): string {
    if (this.roots.length === 1) return spelling;
    const from = spelling.replace(/^(?:\.\/+)+/, '');
    const begins = (name: string): boolean => from === name || from.startsWith(`${name}/`);
    const exact = this.roots.find((root) => begins(this.#labelOf(root)));
    if (exact !== undefined) return exact + from.slice(this.#labelOf(exact).length);
    const [root, ...others] = this.roots.filter((one) => this.#spelledIn(one, begins) !== undefined);
    if (root === undefined) return spelling;
    const name = this.#spelledIn(root, begins) ?? '';
    const rest = from.slice(name.length);
    if (others.length > 0)
      throw new ToolFailure(
        `several workspace folders are called ${visibleLine(name)}: say which one, ${[root, ...others].map((one) => visibleLine(this.#labelOf(one) + rest)).join(' or ')}`,
      );
    return root + rest;
  }

  #labelOf(root: string): string {
    return this.#labels.get(root) ?? root;
  }

  #spelledIn(root: string, begins: (name: string) => boolean): string | undefined {
    return spellingsOf(root, this.#labelOf(root), this.#spec.names ?? []).find(begins);
  }

  private isInScope(path: string, access: Resource['access']): boolean {
    if (this.rootOf(path) === undefined) return false;
    return this.#allowed.every(
      ({ base, rules }) =>
        (base !== undefined && !isInside(base, path)) ||
        rules.some((rule) => rule.matches(path)) ||
        // A folder above an allowed one may be listed, or nothing below it could be found.
        (access === 'list' && rules.some((rule) => rule.leadsTo(path))),
    );
  }
}
