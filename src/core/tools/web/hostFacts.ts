import type { Block } from '../../../shared/block.ts';
import { hostOf } from '../../egress/hostName.ts';

/** What a card says of a host before its name is looked up. */
export function hostFacts({ host, port }: { host: string; port: number }): Extract<Block, { kind: 'facts' }>['facts'] {
  const { address } = hostOf(host) ?? {};
  return [
    { label: 'Host', value: [{ exact: host }, `, port ${port}`] },
    {
      label: 'Address',
      value:
        address === undefined
          ? ['looked up when you approve, and only dialled where it is public or your policy names it']
          : [{ exact: address }],
      hint: 'Looking a name up tells its owner about it.',
    },
  ];
}
