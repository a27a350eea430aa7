import picomatch from 'picomatch';
import type { Origin } from '../../shared/decision.ts';
import { absolutePath, isInside, parentOf } from './spelling.ts';

/** One entry of a path list in a policy. */
export interface PathRule {
  /** As written in the policy. */
  written: string;
  origin: Origin;
  /** The workspace folder whose own policy holds it; relative entries mean that folder, else every one. */
  base?: string;
}

/** A path rule ready to be asked. */
export interface CompiledRule extends PathRule {
  matches(path: string): boolean;
}

export interface RuleContext {
  /** The folders that relative entries mean. */
  roots: string[];
  home: string;
}

/**
 * One form for all spellings that some file system takes as the same name: Unicode compatibility forms, case,
 * and the trailing dots and spaces that Windows drops. Rules that forbid compare in this form, so they may bind
 * a little more than they say and never less.
 */
export function folded(path: string): string {
  return path
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .split('/')
    .map((segment) => segment.replace(/[. ]+$/, '') || segment)
    .join('/');
}

/**
 * A rule that forbids: binds the path it names and everything below it. Entries with no slash (`.env`, `*.pem`)
 * bind that name at any depth; other relative entries start at each workspace folder.
 */
export function forbidding(rule: PathRule, context: RuleContext): CompiledRule {
  const patterns = absolutePatterns(rule.written, contextOf(rule, context)).map(folded);
  const tests = patterns.map((pattern) => matcher(pattern));
  return {
    ...rule,
    matches(path) {
      const whole = folded(path);
      for (let at = whole; ; at = parentOf(at)) {
        if (tests.some((test) => test(at))) return true;
        if (at === '/') return false;
      }
    },
  };
}

/** A rule that permits: compares exactly, and takes no name at any depth. Globs work as in the others. */
export function permitting(rule: PathRule, context: RuleContext): CompiledRule {
  const patterns = contextOf(rule, context).roots.map((root) => absolutePath(rule.written, root, context.home));
  const tests = patterns.map((pattern) =>
    isGlob(pattern) ? matcher(pattern) : (path: string) => isInside(pattern, path),
  );
  return {
    ...rule,
    matches(path) {
      for (let at = path; ; at = parentOf(at)) {
        if (tests.some((test) => test(at))) return true;
        if (at === '/') return false;
      }
    },
  };
}

function contextOf(rule: PathRule, context: RuleContext): RuleContext {
  return rule.base === undefined ? context : { ...context, roots: [rule.base] };
}

function absolutePatterns(written: string, context: RuleContext): string[] {
  const bare = written.replace(/\/+$/, '');
  if (bare !== '' && !bare.includes('/') && bare !== '~' && bare !== '.' && bare !== '..')
    return [isGlob(bare) ? `/**/${bare}` : `/**/${escapeGlob(bare)}`];
  return context.roots.map((root) => absolutePath(written, escapeGlob(root), escapeGlob(context.home)));
}

function matcher(pattern: string): (path: string) => boolean {
  return picomatch(pattern, { dot: true, nonegate: true, noext: true, strictSlashes: true });
}

function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\]{}()!+@\\]/g, '\\$&');
}
