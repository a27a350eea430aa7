import type { Card } from '../../../shared/approval.ts';
import { shownHost } from '../../egress/hostDecision.ts';
import { hostFacts } from '../web/hostFacts.ts';

/** Which command wants to reach which host, and what that means. */
export function connectionCard(to: { host: string; port: number }, command: string): Card {
  const shown = shownHost(to);
  return {
    kind: 'connection',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'globe', tone: 'plain' },
        words: ['The command wants to reach ', { exact: shown }, '. It waits for your answer.'],
      },
      { kind: 'exact', label: 'Command', text: command },
      {
        kind: 'facts',
        small: true,
        facts: [
          ...hostFacts(to),
          { label: 'Sends', value: ['not known beforehand; it could be whatever the command can read'] },
          { label: 'Until', value: ['the command ends, as often as it likes'] },
        ],
      },
    ],
  };
}
