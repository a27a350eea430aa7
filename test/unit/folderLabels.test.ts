import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosenFolders } from '../../src/extension/folderNotes.ts';
import { unopenedPlaces, workplace } from '../../src/extension/workplace.ts';
import { folderLabels, type FolderNames } from '../../src/shared/folderLabels.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import { worksInTitle, worksInWords } from '../../webview/state/worksIn.ts';

const labels = (roots: string[], names?: FolderNames): string[] => [...folderLabels(roots, names).values()];

function scopeOver(roots: string[], names?: FolderNames): Scope {
  return new Scope({ roots, names, home: '/home/u', allowed: [], denied: [], protected: [], secrets: [] });
}

describe('what several folders are called', () => {
  test.each<[string, string[], FolderNames, string[]]>([
    ['names that tell them apart', ['/w/front', '/w/back'], [], ['front', 'back']],
    ['equal names', ['/w/one/app', '/w/two/app'], [], ['app (one)', 'app (two)']],
    ['equal further up', ['/a/x/app', '/b/x/app'], [], ['app (a/x)', 'app (b/x)']],
    ['one inside the other', ['/w/app', '/w/app/app'], [], ['app (w)', 'app (app)']],
    ['one at the top', ['/app', '/w/app'], [], ['app (/)', 'app (w)']],
    ['a case apart', ['/w/one/App', '/w/two/app'], [], ['App (one)', 'app (two)']],
    [
      'called as the label of another',
      ['/w/one/app', '/w/two/app', '/w/app (two)'],
      [],
      ['app (one)', '/w/two/app', '/w/app (two)'],
    ],
    ['a name of its own', ['/w/front', '/w/back'], [['/w/front', 'Shop']], ['Shop (front)', 'back']],
    ['a name that another folder has', ['/w/front', '/w/back'], [['/w/front', 'back']], ['back (front)', 'back (/w)']],
  ])('%s', (_, roots, names, expected) => {
    expect(labels(roots, names)).toEqual(expected);
  });

  test.each(['../etc', '/etc', '~', '.', '', ' back', 'a\u202eb', 'x'.repeat(61), 'back\\x'])(
    'a workspace file cannot call a folder %j',
    (name) => {
      expect(labels(['/w/front', '/w/back'], [['/w/front', name]])).toEqual(['front', 'back']);
    },
  );

  test('no two are alike, and what is shown is understood as what it is', () => {
    const part = fc.constantFrom('app', 'one', 'two', 'App', 'lib', 'app (one)');
    const root = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const roots = fc.uniqueArray(root, { minLength: 2, maxLength: 5 });
    const given = fc.array(fc.option(part, { nil: undefined }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(roots, given, fc.nat(), (some, called, which) => {
        const names = some.flatMap((one, at): [string, string][] => {
          const name = called[at];
          return name === undefined ? [] : [[one, name]];
        });
        const all = labels(some, names);
        expect(new Set(all).size).toBe(all.length);
        const scope = scopeOver(some, names);
        const path = `${some[which % some.length] ?? ''}/src/deep.ts`;
        expect(scope.meant(scope.shown(path))).toBe(path);
      }),
    );
  });
});

test('the Explorer’s spelling is understood, and a name that means two folders is refused with both', () => {
  const scope = scopeOver(['/w/front', '/w/back'], [['/w/front', 'Shop']]);
  expect(scope.meant('Shop/a.ts')).toBe('/w/front/a.ts');
  expect(scope.meant('./front/a.ts')).toBe('/w/front/a.ts');
  expect(scope.meant('Shop (front)/a.ts')).toBe('/w/front/a.ts');
  expect(scope.meant('shopping/a.ts')).toBe('shopping/a.ts');
  expect(() => scopeOver(['/w/one/app', '/w/two/app']).meant('app/a.ts')).toThrow(
    'say which one, app (one)/a.ts or app (two)/a.ts',
  );
  // Control: alone, a folder has no prefix.
  expect(scopeOver(['/w/front'], [['/w/front', 'Shop']]).meant('Shop/a.ts')).toBe('Shop/a.ts');
});

test('what was chosen counts in its order, as long as any of it is open', () => {
  expect(chosenFolders(['/a', '/b', '/c'], ['/c', '/a'])).toEqual(['/c', '/a']);
  expect(chosenFolders(['/a', '/b'], ['/c', '/b'])).toEqual(['/b']);
  expect(chosenFolders(['/a', '/b'], ['/c'])).toEqual(['/a', '/b']);
  expect(chosenFolders([], undefined)).toEqual([]);
});

test('the panel says where a run works, whose policy bounds it, and what it leaves alone', () => {
  const [one, two] = unopenedPlaces(['/w/one/app', '/w/two/app']);
  if (!one || !two) throw new Error('two folders');
  const said = workplace([one, { ...two, bounds: true }], ['/w/one/app', '/w/two/app', '/w/lib']).workplace;
  if (!said) throw new Error('a workplace');
  expect(worksInWords(said, undefined)).toBe(
    'Will work in app (one) and app (two). Bounded by the policy of app (two). Not in lib.',
  );
  expect(worksInWords(said, 'waiting')).toMatch(/^Works in app \(one\)/);
  expect(worksInWords(said, 'finished')).toMatch(/^Worked in app \(one\)/);
  expect(worksInTitle(said)).toBe('app (one): /w/one/app\napp (two): /w/two/app');
  expect(workplace([], [])).toEqual({});
});
