import { createInterface } from 'node:readline';
import { Lines } from './approver.ts';

/** Asks a question in the terminal; only a plain yes is one. */
export async function isSaid(question: string): Promise<boolean> {
  process.stdout.write(question);
  const reader = createInterface({ input: process.stdin, terminal: false });
  try {
    return /^(y|yes)$/i.test((await new Lines(reader, process.stdin.isTTY).next())?.trim() ?? '');
  } finally {
    reader.close();
  }
}
