import { saidYes } from './answers.ts';
import { openAsker } from './openAsker.ts';

/** Asks a person at a terminal; only a plain yes is one, and where nobody is there it is a no. `text` is what the question is about, `output` where it is put. */
export async function isSaid(prompt: string, text = '', output: NodeJS.WriteStream = process.stdout): Promise<boolean> {
  const asker = openAsker(output, { unanswered: '--yes does it without asking.' });
  try {
    return saidYes(await asker.ask({ text, prompt }));
  } finally {
    asker.close();
  }
}
