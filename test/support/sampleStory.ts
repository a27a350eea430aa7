/** The demo's story on media/sample, told by a model server: look, read, test, mend, test, and a delete. */
import { cp } from 'node:fs/promises';
import type { ScriptedReply, SeenRequest } from './modelServer.ts';

const STORIES = {
  sh: {
    test: 'sh test/total.test.sh',
    file: 'src/total.sh',
    oldText: 'sum + price))',
    newText: 'sum + price * count))',
  },
  node: {
    test: 'node test/total.test.mjs',
    file: 'src/total.mjs',
    oldText: 'i < items.length - 1;',
    newText: 'i < items.length;',
  },
};

/** The last step's words, with characters that take two to four bytes. */
export const LAST_WORDS = 'Fertig: die Summe stimmt jetzt – überall. 完了 🎉';

/** What to say next depends only on how many results there are since the last user message. */
export function sampleStory(runtime: 'sh' | 'node' = 'sh'): (request: SeenRequest) => ScriptedReply {
  const { test, file, oldText, newText } = STORIES[runtime];
  const steps: ScriptedReply[] = [
    { text: 'Ich sehe mich um. 🔍', calls: [{ name: 'list_directory', args: { path: '.' } }] },
    { text: 'The code, then.', calls: [{ name: 'read_file', args: { path: file } }] },
    { text: 'The tests.', calls: [{ name: 'run_command', args: { command: test } }] },
    {
      text: 'One line mends it.',
      calls: [{ name: 'edit_file', args: { path: file, old_text: oldText, new_text: newText } }],
    },
    { text: 'Again.', calls: [{ name: 'run_command', args: { command: test } }] },
    { text: 'And the stale build.', calls: [{ name: 'run_command', args: { command: 'rm -rf build/' } }] },
    { text: LAST_WORDS },
  ];
  return ({ results }) => steps[results.length] ?? { text: LAST_WORDS };
}

/** A fresh copy of the sample workspace. */
export async function copySample(folder: string): Promise<void> {
  await cp(new URL('../../media/sample', import.meta.url), folder, { recursive: true });
}
