import type { CheckItem } from '../../shared/checklist.ts';
import { CHECKS } from './checklist.ts';

const LEVELS = { pass: 'none', advice: 'note', fail: 'error', unknown: 'warning' } as const;
const KINDS = { pass: 'pass', advice: 'review', fail: 'fail', unknown: 'open' } as const;

/** The checklist in the format that pipelines read (SARIF 2.1.0, OASIS): a rule for each item, and how it stands. */
export function sarifOf(items: readonly CheckItem[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'oversign',
            version,
            rules: CHECKS.map(({ id, title, why }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: why },
            })),
          },
        },
        results: items.map(({ id, state, words, fix, evidence }) => ({
          ruleId: id,
          ruleIndex: CHECKS.findIndex((check) => check.id === id),
          kind: KINDS[state],
          // Of what is no failure the format knows no level but this.
          level: state === 'fail' ? LEVELS.fail : 'none',
          message: { text: fix === undefined || state === 'pass' ? words : `${words} ${fix}` },
          properties: { evidence },
        })),
      },
    ],
  };
}
