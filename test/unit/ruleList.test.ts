import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forbidding } from '../../src/core/scope/pathRule.ts';
import { RuleList } from '../../src/core/scope/ruleList.ts';

const ORIGIN = { layer: 'user', file: 'policy.yaml', line: 1 } as const;
const ROOTS = ['/home/me/.claude/work', '/srv/b'];

/** Names that differ in what file systems fold, are signs of globs, or are neither. */
const NAMES = [
  'a',
  'A',
  'b.pem',
  '.env',
  '.ENV',
  '.env.',
  'ﬁle',
  'file',
  '.git',
  'hooks',
  'x[1]',
  'ß',
  'SS',
  '.claude',
  'Σας',
];
const PATTERNS = [
  '*',
  '**',
  '*.pem',
  '.env*',
  '{a,b}',
  '{.git,.hg}',
  'x[1]',
  '[ab]',
  '\\*',
  '?',
  '.g?t',
  '{a/**,hooks}',
];

const written = fc
  .tuple(
    fc.constantFrom('', '/', '~/', './', '/srv/b/', '/home/me/.claude/work/'),
    fc.array(fc.constantFrom(...NAMES, ...PATTERNS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '/'),
  )
  .map(([start, names, end]) => start + names.join('/') + end);

const paths = fc
  .tuple(
    fc.constantFrom(...ROOTS, '/', '/home/me', '/elsewhere/.git'),
    fc.array(fc.constantFrom(...NAMES), { maxLength: 5 }),
  )
  .map(([start, names]) => [start === '/' ? '' : start, ...names].join('/') || '/');

test('rules that are looked for by names are found as if all were asked in turn', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          written,
          real: fc.option(fc.array(paths, { maxLength: 2 })),
          base: fc.option(fc.constantFrom(...ROOTS)),
        }),
        { maxLength: 12 },
      ),
      fc.array(paths, { minLength: 1, maxLength: 12 }),
      (rules, asked) => {
        const compiled = rules.map(({ written: text, real, base }) =>
          forbidding(
            { written: text, origin: ORIGIN, ...(real && { real }), ...(base !== null && { base }) },
            { roots: ROOTS, home: '/home/me' },
          ),
        );
        const list = new RuleList(compiled);
        for (const path of asked) expect(list.find(path)).toBe(compiled.find((rule) => rule.matches(path)));
      },
    ),
    { numRuns: 3000 },
  );
});

test('control: a path without any of the names that rules need is asked of those alone that need none', () => {
  const asked: string[] = [];
  const rules = ['.git/hooks', '*.pem', '**/.vscode/tasks.json', '**', '{.env*,x/*.key}', '/etc/passwd'].map((text) => {
    const rule = forbidding({ written: text, origin: ORIGIN }, { roots: ROOTS, home: '/home/me' });
    const matches = (path: string): boolean => {
      asked.push(text);
      return rule.matches(path);
    };
    return { ...rule, matches };
  });
  const without = rules.filter(({ written }) => written !== '**');
  expect(new RuleList(without).find('/srv/b/src/index.ts')).toBeUndefined();
  expect(asked).toEqual([]);
  expect(new RuleList(rules).find('/srv/b/src/index.ts')?.written).toBe('**');
  expect(asked).toEqual(['**']);
});
