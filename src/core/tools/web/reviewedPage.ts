import type { Card } from '../../../shared/approval.ts';
import { counted } from '../../../shared/named.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Description } from '../tool.ts';
import type { KeptPage } from './keptPages.ts';
import { pageReply } from './pageReply.ts';

/** Characters of a page that a person is asked to read at once. */
const MOST_REVIEWED = 8000;

/** What the model would be given of a page: exactly this, once a person has seen it. */
export function reviewedReply(
  { fetched }: KeptPage,
  { start, redactor }: { start: number; redactor: Redactor },
): ReturnType<typeof pageReply> {
  return pageReply(fetched, { start, redactor, most: MOST_REVIEWED });
}

/** How a person is shown what came back, before the model is. */
export function reviewing(
  kept: KeptPage,
  { host, start, redactor }: { host: string; start: number; redactor: Redactor },
): Pick<Description, 'title' | 'consequence' | 'undo' | 'card'> {
  const { text } = reviewedReply(kept, { start, redactor });
  const { whole, unseen } = kept.fetched.page;
  const card: Card = {
    kind: 'page-review',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'globe', tone: 'plain' },
        words: ['This came back from ', { exact: host }, '. The model has seen nothing of it.'],
      },
      { kind: 'exact', label: 'What the model would read', text },
      {
        kind: 'facts',
        small: true,
        facts: [
          { label: 'Page', value: [`${counted(whole, 'character')}, fetched before; nothing is sent there now`] },
          { label: 'Left out', value: [`${counted(unseen, 'character')} that a reader would not see`] },
        ],
      },
    ],
  };
  return {
    title: `Show the model what came back from ${host}`,
    consequence: ['The model reads it, as untrusted content.'],
    undo: { state: 'none', words: 'Cannot be undone: what the model has read, it has read.' },
    card,
  };
}
