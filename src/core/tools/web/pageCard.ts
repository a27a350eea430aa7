import type { Browse } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import type { Block } from '../../../shared/block.ts';
import { titleOf } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { Description } from '../tool.ts';
import { hostFacts } from './hostFacts.ts';

const MOST_TITLE = 120;

/** How fetching a page is shown to a person. */
export function fetching(
  page: Pick<Browse, 'request' | 'robots'>,
): Pick<Description, 'title' | 'consequence' | 'undo' | 'card'> {
  return {
    title: `Fetch ${visibleLine(titleOf(page.request.url, MOST_TITLE))}`,
    consequence: ['Sends all of this address to ', { exact: page.request.host }, '.'],
    undo: { state: 'none', words: 'Cannot be undone: what is sent is sent.' },
    card: pageCard(page),
  };
}

/** Which page, everything that is sent for it, and what becomes of it. */
export function pageCard({ request, robots }: Pick<Browse, 'request' | 'robots'>): Card {
  const { url, headers, secrets } = request;
  const blocks: Block[] = [
    ...(secrets > 0
      ? [{ kind: 'alarm' as const, name: 'secret', words: ['It would send what looks like a secret.'] }]
      : []),
    ...(url.startsWith('https:') ? [] : [warning('Not encrypted: whoever carries it can read and change it.')]),
    { kind: 'exact', label: 'Page', text: url },
    {
      kind: 'facts',
      small: true,
      facts: [
        ...hostFacts(request),
        { label: 'Sends', value: ['this address, ', { exact: headers.join('; ') }, ', and no cookies'] },
        { label: 'Led on', value: ['followed on this host and to your allowed hosts; elsewhere it is told'] },
        {
          label: 'Robots',
          value: [
            robots === 'heeded'
              ? 'robots.txt of this host is fetched first, and heeded'
              : 'not asked for: it says that programs should not fetch this page',
          ],
          hint: 'What a host asks of programs.',
        },
        { label: 'Reply', value: ['its text goes to the model, as untrusted content; no script of it runs'] },
      ],
    },
  ];
  return { kind: 'page', blocks };
}

function warning(words: string): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words: [words] };
}
