import type { Card } from '../../../shared/approval.ts';
import type { Block, BlockOf, Words } from '../../../shared/block.ts';

export type CardFacts = BlockOf<'facts'>['facts'];

interface Asking {
  /** The database as people say it. */
  shown: string;
  statement: string;
  /** A sentence. */
  goesTo: string;
  facts: CardFacts;
}

/** A question to a database: all of it, and where the answer goes. */
export function queryCard({ shown, statement, goesTo, facts }: Asking): Card {
  return {
    kind: 'query',
    blocks: [
      { kind: 'exact', label: 'Statement', text: statement },
      said('database', ['Reads the database ', { exact: shown }]),
      said('export', [`What it gives would go to the model. ${goesTo}`]),
      { kind: 'facts', small: true, facts },
    ],
  };
}

interface Changing {
  statements: readonly string[];
  /** How many rows it changes, as a sentence. */
  rows: string;
  /** What is to be known before, as sentences. */
  warnings: readonly Words[];
  facts: CardFacts;
}

/** A change of a database: each statement whole. */
export function changeCard({ statements, rows, warnings, facts }: Changing): Card {
  return {
    kind: 'modify',
    blocks: [
      {
        kind: 'exact',
        label: statements.length === 1 ? 'Statement' : `${statements.length} statements, in one transaction`,
        text: statements.join(';\n'),
      },
      said('list-ordered', [rows]),
      ...warnings.map((words): Block => ({ kind: 'sentence', icon: 'warning', tone: 'warning', words })),
      { kind: 'facts', small: true, facts },
    ],
  };
}

export function said(icon: string, words: Words): Block {
  return { kind: 'sentence', icon, tone: 'plain', words };
}
