import { spawnSync } from 'node:child_process';
import { readSource } from '../../src/node/web/page/readSource.ts';
import { ChildPages } from '../../src/node/web/childPages.ts';
import { source } from '../support/pageSource.ts';

/** Some 200 KB with a menu, sections, lists, tables and code, as documentation has them. */
function documentation(): string {
  const link = '<li><a class="nav" href="/guide/part">A part of the guide</a></li>';
  const words = 'The value is read once, when the program starts, and not again before it has ended. ';
  const section = (at: number): string =>
    `<h2 id="s${at}">Section ${at}</h2><p>${words.repeat(6)}</p><ul>${`<li>${words}</li>`.repeat(4)}</ul>` +
    `<pre><code>read("value", ${at});</code></pre><table>${`<tr><td>name</td><td>${words}</td></tr>`.repeat(3)}</table>`;
  const sections = Array.from({ length: 130 }, (_, at) => section(at)).join('\n');
  return `<html><head><title>Guide</title></head><body><nav><ul>${link.repeat(300)}</ul></nav><main>${sections}</main></body></html>`;
}

type Pair = (name: string, ours: () => unknown, other: () => unknown) => Promise<void>;

export async function benchPages(pair: Pair): Promise<void> {
  const page = source(documentation());
  const goesOn = new AbortController().signal;
  const pages = new ChildPages();
  const size = Math.round(page.bytes.length / 1024);
  await pair(
    `page of ${size} KiB, read in a process of its own, against starting one for nothing`,
    () => pages.read(page, goesOn),
    () => spawnSync(process.execPath, ['-e', '0']),
  );
  await pair(
    `page of ${size} KiB, its main text, against all of it`,
    () => readSource(page, false),
    () => readSource({ ...page, all: true }, false),
  );
}
