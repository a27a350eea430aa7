import { expect, test } from 'vitest';
import { Missing } from '../../src/core/outcome.ts';
import { IgnoreFiles } from '../../src/core/tools/files/ignoreFiles.ts';
import type { CallContext } from '../../src/core/tools/tool.ts';

const file = (path: string) => ({ path, name: path.slice(path.lastIndexOf('/') + 1), kind: 'file' as const, size: 0 });

test('what a folder lists says which of its files of rules are read; what is said in one counts there and below', async () => {
  const texts: Record<string, string> = {
    '/w/a/.gitignore': '*.log\n',
    '/w/a/.ignore': '!kept.log\n',
    '/w/.ignore': 'top\n',
  };
  const read: string[] = [];
  const files = {
    read: (path: string) => {
      read.push(path);
      const text = texts[path];
      return text === undefined ? Promise.reject(new Missing(path)) : Promise.resolve(new TextEncoder().encode(text));
    },
  };
  const ignored = new IgnoreFiles({ files, scope: { rootOf: () => '/w' } } as unknown as CallContext);
  await ignored.lists('/w/a', [file('/w/a/.gitignore'), file('/w/a/.ignore'), file('/w/a/x.log')]);
  await ignored.lists('/w/b', [file('/w/b/x.log'), file('/w/b/gitignore')]);
  await ignored.lists('/w/c', []);
  expect(read).toEqual(['/w/a/.gitignore', '/w/a/.ignore']);
  const isIgnored = (path: string) => ignored.isIgnored({ path, kind: 'file' });
  expect(['/w/a/x.log', '/w/a/deep/x.log', '/w/a/kept.log', '/w/b/x.log'].map(isIgnored)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  // The control: above where a search starts nothing is listed, and all are read.
  await ignored.begin('/w');
  expect(read.slice(2)).toEqual(['/w/.gitignore', '/w/.ignore']);
  expect(isIgnored('/w/b/top')).toBe(true);
});
