import { openAsker } from './openAsker.ts';

/** Asks a question in the terminal; only a plain yes is one. `text` is what the question is about. */
export async function isSaid(prompt: string, text = ''): Promise<boolean> {
  const asker = openAsker(process.stdout);
  try {
    return /^(y|yes)$/i.test((await asker.ask({ text, prompt }))?.trim() ?? '');
  } finally {
    asker.close();
  }
}
