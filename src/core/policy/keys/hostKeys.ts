import * as z from 'zod';
import { hostPattern, patternText } from '../../egress/hostPattern.ts';
import { narrowed } from '../../egress/narrowed.ts';
import type { Value } from '../settle.ts';
import { MAX_ENTRIES } from '../values.ts';
import { valueAt, type PolicyKey } from './policyKey.ts';
import { entryOf, oneValue } from './valueKeys.ts';

// Keys about hosts. Each entry is kept in its one spelling (egress/hostName.ts).

const NO_HOST = 'is not a host such as example.com, *.example.com, example.com:8443 or 192.0.2.1';

const DeniedHostsSchema = z
  .array(z.string().refine((text) => hostPattern(text) !== undefined, NO_HOST))
  .max(MAX_ENTRIES);

const AllowedHostsSchema = z
  .array(
    z.string().superRefine((text, issue) => {
      const pattern = hostPattern(text);
      if (!pattern) issue.addIssue(NO_HOST);
      else if (pattern.of === 'every host' || (pattern.of === 'below' && !pattern.host.includes('.')))
        issue.addIssue('would allow hosts of anybody; name them');
    }),
  )
  .max(MAX_ENTRIES);

/** Hosts that may be reached: those that every layer has, also where one of them says it more narrowly. */
export function allowedHosts<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<string[]>, Path> {
  return oneValue<string[], string[], Path>({
    ...{ path, about, schema: AllowedHostsSchema, standard: [], initial: [] },
    value: (said) => said.map(spelled),
    stricter: narrowed,
  });
}

/** Hosts that may not be reached: they add up. */
export function deniedHosts<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<string>[], Path> {
  return {
    ...{ path, schema: DeniedHostsSchema, about },
    settle: ({ layers }) =>
      layers.flatMap((layer) =>
        ((valueAt(layer.values, path) ?? []) as string[]).map((value, index) => ({
          value: spelled(value),
          origin: layer.originOf([...path.split('.'), index]),
        })),
      ),
    stricter: (start, now) => [...now, ...start.filter((one) => !now.some(({ value }) => value === one.value))],
    entries: (hosts) => hosts.map((host) => entryOf(path, host)),
    located: (hosts) => Promise.resolve(hosts),
  };
}

function spelled(entry: string): string {
  const pattern = hostPattern(entry);
  return pattern ? patternText(pattern) : entry;
}
